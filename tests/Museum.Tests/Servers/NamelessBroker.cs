using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MuseumPipeline.Tests.Servers;

/// <summary>Answers as a Kafka broker does that stops and starts again: some questions for the cluster with itself, and
/// all later ones as in the moment of its start, when it knows of no broker, itself included. That moment of a real one
/// is too short to be met.</summary>
internal sealed class NamelessBroker : IAsyncDisposable
{
    private const short ApiVersions = 18;
    private const short Metadata = 3;
    private const short UnsupportedVersion = 35;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Task accepting;

    private int left;

    public NamelessBroker(int named)
    {
        left = named;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Address => listener.LocalEndpoint.ToString()!;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(ending.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var size = new byte[4];
                while (true)
                {
                    await stream.ReadExactlyAsync(size, ending.Token);
                    var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                    await stream.ReadExactlyAsync(request, ending.Token);
                    await stream.WriteAsync(Answer(request), ending.Token);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or the test is over.
        }
    }

    /// <remarks>https://kafka.apache.org/protocol: ApiVersions 0, Metadata 4.</remarks>
    private byte[] Answer(ReadOnlySpan<byte> request)
    {
        var (key, version) = (
            BinaryPrimitives.ReadInt16BigEndian(request),
            BinaryPrimitives.ReadInt16BigEndian(request[2..])
        );
        var answer = new List<byte>(request[4..8].ToArray());
        if (key == ApiVersions)
        {
            Short(version == 0 ? (short)0 : UnsupportedVersion);
            Int(2);
            foreach (var (api, most) in ((short, short)[])[(Metadata, 4), (ApiVersions, 0)])
            {
                Short(api);
                Short(0);
                Short(most);
            }
        }
        else
        {
            Assert.Equal(Metadata, key);
            Assert.Equal(4, version);
            var itself = Interlocked.Decrement(ref left) >= 0;
            Int(0); // throttled for no time
            Int(itself ? 1 : 0);
            if (itself)
            {
                Int(1);
                Text("127.0.0.1"u8);
                Int(((IPEndPoint)listener.LocalEndpoint).Port);
                Short(-1); // no rack
            }

            Text("cluster-of-one"u8);
            Int(itself ? 1 : -1); // the controller
            Int(0); // topics
        }

        var framed = new byte[4 + answer.Count];
        BinaryPrimitives.WriteInt32BigEndian(framed, answer.Count);
        answer.CopyTo(framed, 4);
        return framed;

        void Text(ReadOnlySpan<byte> text)
        {
            Short((short)text.Length);
            answer.AddRange(text);
        }

        void Short(short value) => answer.AddRange([(byte)(value >> 8), (byte)value]);
        void Int(int value) =>
            answer.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await accepting;
        ending.Dispose();
    }
}
