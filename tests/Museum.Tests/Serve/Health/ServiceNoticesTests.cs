using System.Net;
using System.Net.Sockets;
using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Health;

/// <summary>A supervisor is a datagram socket, as systemd's; the health endpoint is the real one.</summary>
public sealed class ServiceNoticesTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"notify-{Guid.NewGuid():n}");
    private readonly Socket _supervisor = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private HealthEndpoint? _endpoint;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "systemd's socket is one of Unix");
        _supervisor.Bind(new UnixDomainSocketEndPoint(_path));
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        _endpoint = await HealthEndpoint.OpenAsync(address, () => [], new Redactor([]), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _supervisor.Dispose();
        _stop.Dispose();
        File.Delete(_path);
        if (_endpoint is not null)
            await _endpoint.DisposeAsync();
    }

    [Fact]
    public async Task Ready_is_reported_once_the_work_is_prepared()
    {
        await using var notices = Open();
        var prepared = new TaskCompletionSource();
        var telling = notices.ReadyAsync(prepared.Task);
        Assert.Equal(0, _supervisor.Available);
        prepared.SetResult();
        await telling;
        Assert.Equal("READY=1", await HeardAsync());
    }

    [Fact]
    public async Task A_service_whose_settings_are_refused_never_was_ready()
    {
        await using var notices = Open();
        await notices.ReadyAsync(Task.FromException(new MuseumException(ExitCode.Configuration, "refused")));
        Assert.Equal(0, _supervisor.Available);
    }

    [Fact]
    public async Task The_watchdog_learns_of_the_service_as_long_as_live_answers()
    {
        await using var notices = Open(("WATCHDOG_USEC", "300000"), ("WATCHDOG_PID", $"{Environment.ProcessId}"));
        Assert.Equal("WATCHDOG=1", await HeardAsync());
        Assert.Equal("WATCHDOG=1", await HeardAsync());
        await _endpoint!.DisposeAsync();
        _endpoint = null;
        while (_supervisor.Available > 0)
            await HeardAsync();
        await Task.Delay(1000, Cancel);
        Assert.Equal(0, _supervisor.Available);
    }

    [Fact]
    public async Task A_watchdog_that_waits_for_another_process_is_told_nothing()
    {
        await using var notices = Open(("WATCHDOG_USEC", "30000"), ("WATCHDOG_PID", "1"));
        await Task.Delay(500, Cancel);
        Assert.Equal(0, _supervisor.Available);
    }

    [Fact]
    public async Task A_stop_is_reported_at_once()
    {
        await using var notices = Open();
        await _stop.CancelAsync();
        Assert.Equal("STOPPING=1", await HeardAsync());
    }

    [Fact]
    public async Task Without_a_supervisor_nothing_is_waited_for()
    {
        await using var notices = new ServiceNotices(
            _ => null,
            _ => Task.FromResult(true),
            TimeProvider.System,
            Cancel
        );
        await notices.ReadyAsync(new TaskCompletionSource().Task);
    }

    private ServiceNotices Open(params (string Name, string Value)[] variables)
    {
        var all = variables.Append(("NOTIFY_SOCKET", _path)).ToDictionary(v => v.Item1, v => v.Item2);
        return new(name => all.GetValueOrDefault(name), _endpoint!.IsLiveAsync, TimeProvider.System, _stop.Token);
    }

    private async Task<string> HeardAsync()
    {
        var buffer = new byte[256];
        var read = await _supervisor.ReceiveAsync(buffer.AsMemory(), Cancel).AsTask().WaitAsync(Soon, Cancel);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
