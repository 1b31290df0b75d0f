using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MuseumPipeline.Serve.Health;

/// <summary>Notifies systemd (sd_notify(3)): that the service is ready, that it is stopping, and, if the unit has a
/// WatchdogSec, repeatedly that <c>/live</c> answers. A frozen program cannot do so and is restarted. Without a
/// supervisor it does nothing.</summary>
internal sealed class ServiceNotices : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly UnixDomainSocketEndPoint? supervisor;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenRegistration onStop;
    private readonly Task beats;

    /// <param name="variable">Returns an environment variable's value, or null.</param>
    /// <param name="live">Whether <c>/live</c> answers.</param>
    /// <param name="stop">Cancelled when the service is asked to stop.</param>
    public ServiceNotices(
        Func<string, string?> variable,
        Func<CancellationToken, Task<bool>> live,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        this.clock = clock;
        supervisor = variable("NOTIFY_SOCKET") is { Length: > 1 } path ? new(Address(path)) : null;
        onStop = stop.Register(() => Tell("STOPPING=1"));
        beats =
            supervisor is not null && Interval(variable) is { } interval
                ? BeatAsync(live, interval)
                : Task.CompletedTask;
    }

    /// <summary>The notifications of this process; without a health endpoint the watchdog only checks the thread
    /// pool.</summary>
    public static ServiceNotices Open(HealthEndpoint? health, TimeProvider clock, CancellationToken stop) =>
        new(
            Environment.GetEnvironmentVariable,
            health is null ? _ => Task.FromResult(true) : health.IsLiveAsync,
            clock,
            stop
        );

    /// <summary>Reports that the service is ready: when it is prepared, or after ten seconds at the latest. A service
    /// whose settings are refused has not started; one that waits for its database has.</summary>
    public async Task ReadyAsync(Task prepared)
    {
        if (supervisor is null)
            return;
        await Task.WhenAny(prepared, Task.Delay(Patience, clock, ended.Token));
        if (!prepared.IsCompleted || prepared.IsCompletedSuccessfully)
            Tell("READY=1");
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beats;
        await onStop.DisposeAsync();
        ended.Dispose();
    }

    // An @ stands for the zero byte of an abstract socket address.
    private static string Address(string path) => path[0] == '@' ? '\0' + path[1..] : path;

    /// <summary>A third of the supervisor's limit: two notifications may get lost.</summary>
    private static TimeSpan? Interval(Func<string, string?> variable)
    {
        var forUs = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == $"{Environment.ProcessId}";
        var stated = long.TryParse(variable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds);
        return forUs && stated && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds / 3.0) : null;
    }

    private async Task BeatAsync(Func<CancellationToken, Task<bool>> live, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                if (await live(ended.Token))
                    Tell("WATCHDOG=1");
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The service is ending.
        }
    }

    private void Tell(string notice)
    {
        if (supervisor is null)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(notice), supervisor);
        }
        catch (SocketException)
        {
            // A supervisor that does not listen is no reason to stop; it acts itself on a missed notification.
        }
    }
}
