using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MuseumPipeline.Tests.Servers;

/// <summary>What happens to the next COMMIT that a client sends through a <see cref="TcpProxy"/>. The client cannot
/// tell one from the other.</summary>
internal enum CommitFault
{
    None,

    /// <summary>The connection is cut before the server has seen it: nothing is committed.</summary>
    CommitLost,

    /// <summary>The server has committed and answered; the connection is cut before the client has seen the
    /// answer.</summary>
    AnswerLost,

    /// <summary>The COMMIT is held back and nobody is told: the moment to kill the client before it has
    /// committed.</summary>
    CommitHeld,

    /// <summary>The server has committed and its answer is held back: the moment to kill the client before it
    /// knows.</summary>
    AnswerHeld,
}

/// <summary>Sits between a client and a PostgreSQL server (without TLS) and breaks what it is told to break.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile CommitFault _nextCommit;
    private int _faults;
    private volatile bool _silent;

    /// <param name="target">The server's port on 127.0.0.1.</param>
    public TcpProxy(int target)
    {
        _target = target;
        Accept();
    }

    /// <summary>The port on 127.0.0.1 that stands for the server.</summary>
    public int Port { get; private set; }

    /// <summary>COMMITs that were broken so far.</summary>
    public int CommitFaults => _faults;

    /// <summary>Breaks the next COMMIT on any connection, once.</summary>
    public void BreakNextCommit(CommitFault fault) => _nextCommit = fault;

    /// <summary>Cuts every connection, as a failing network does: with a reset, not a farewell.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>All connections, old and new, go silent without a reset, like a pulled cable. When it is restored, the
    /// server has given these connections up, new ones work, and the client is never told about the old ones.</summary>
    public void Silence(bool silent)
    {
        _silent = silent;
        foreach (var connection in _connections.Keys)
            connection.Silence(silent);
    }

    /// <summary>From now on new connections are refused; those that are open stay.</summary>
    public async Task RefuseAsync()
    {
        _listener?.Dispose();
        _listener = null;
        await _accepting;
    }

    /// <summary>Takes new connections again, on the same port.</summary>
    public void Accept()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await RefuseAsync();
        await _end.CancelAsync();
        CutAll();
        await Task.WhenAll(_connections.Values);
        _end.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(_end.Token);
                var connection = new Connection(client, TakeFault, _silent);
                _connections[connection] = RunAsync(connection);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Refusing, or at the end.
        }
    }

    private async Task RunAsync(Connection connection)
    {
        await Task.Yield();
        try
        {
            await connection.RunAsync(_target, _end.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the connection.
        }
        finally
        {
            connection.Cut();
            _connections.TryRemove(connection, out _);
        }
    }

    private CommitFault TakeFault()
    {
        var fault = _nextCommit;
        if (fault != CommitFault.None)
        {
            _nextCommit = CommitFault.None;
            Interlocked.Increment(ref _faults);
        }
        return fault;
    }

    private sealed class Connection(Socket client, Func<CommitFault> takeFault, bool silent) : IDisposable
    {
        private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly CommitDetector _detector = new();
        private volatile bool _silent = silent;

        /// <summary>Set when the client is to receive nothing more; completed by the server's next message.</summary>
        private volatile TaskCompletionSource? _lastWord;

        public async Task RunAsync(int target, CancellationToken cancel)
        {
            client.NoDelay = true;
            await _server.ConnectAsync(IPAddress.Loopback, target, cancel);
            try
            {
                await await Task.WhenAny(FromClientAsync(cancel), FromServerAsync(cancel));
            }
            finally
            {
                // Whatever ended it, the client does not hear of it.
                if (_silent)
                    await Task.Delay(Timeout.Infinite, cancel);
            }
        }

        /// <summary>With no time to linger, closing is a reset.</summary>
        public void Cut()
        {
            client.Close(0);
            _server.Close(0);
        }

        public void Silence(bool begins)
        {
            if (begins)
                _silent = true;
            else if (_silent)
                _server.Close(0);
        }

        public void Dispose() => Cut();

        private async Task FromClientAsync(CancellationToken cancel)
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await client.ReceiveAsync(buffer, cancel)) > 0; )
            {
                var fault = _detector.HasCommit(buffer.AsSpan(0, read)) ? takeFault() : CommitFault.None;
                if (fault == CommitFault.CommitLost)
                    return;
                if (fault == CommitFault.CommitHeld)
                    await UntilClientIsGoneAsync(cancel);
                var lastWord = _lastWord = fault is CommitFault.AnswerLost or CommitFault.AnswerHeld
                    ? new TaskCompletionSource()
                    : null;
                await SendAsync(_server, buffer.AsMemory(0, read), cancel);
                if (lastWord is not null)
                {
                    await lastWord.Task.WaitAsync(cancel);
                    if (fault == CommitFault.AnswerHeld)
                        await UntilClientIsGoneAsync(cancel);
                    return;
                }
            }
        }

        private async Task FromServerAsync(CancellationToken cancel)
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await _server.ReceiveAsync(buffer, cancel)) > 0; )
            {
                if (_lastWord is { } lastWord)
                {
                    lastWord.SetResult();
                    await Task.Delay(Timeout.Infinite, cancel);
                }
                await SendAsync(client, buffer.AsMemory(0, read), cancel);
            }
        }

        private async Task UntilClientIsGoneAsync(CancellationToken cancel)
        {
            var nothing = new byte[1024];
            while (await client.ReceiveAsync(nothing, cancel) > 0) { }
            throw new SocketException((int)SocketError.ConnectionReset);
        }

        private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            if (_silent)
                await Task.Delay(Timeout.Infinite, cancel);
            while (bytes.Length > 0)
                bytes = bytes[await to.SendAsync(bytes, cancel)..];
        }
    }
}
