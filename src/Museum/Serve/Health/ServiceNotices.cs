using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MuseumPipeline.Serve.Health;

/// <summary>
/// What systemd is told of a service (sd_notify(3)): that it is ready, that it is stopping, and, where the unit has a
/// WatchdogSec, again and again that <c>/live</c> answers. A program that is frozen cannot say so and is started again.
/// Nobody is told anything where no supervisor asks for it.
/// </summary>
internal sealed class ServiceNotices : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly UnixDomainSocketEndPoint? supervisor;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenRegistration onStop;
    private readonly Task beats;

    /// <param name="variable">What an environment variable holds, or null.</param>
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

    /// <summary>The notices of this process; without a health endpoint the watchdog follows the thread pool alone.</summary>
    public static ServiceNotices Open(HealthEndpoint? health, TimeProvider clock, CancellationToken stop) =>
        new(
            Environment.GetEnvironmentVariable,
            health is null ? _ => Task.FromResult(true) : health.IsLiveAsync,
            clock,
            stop
        );

    /// <summary>
    /// Says that the service is ready: when it is prepared, or after ten seconds all the same. A service whose settings
    /// are refused has not started; one that waits for its database has.
    /// </summary>
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

    // An @ stands for the zero byte of an address that is no file.
    private static string Address(string path) => path[0] == '@' ? '\0' + path[1..] : path;

    /// <summary>A third of the time after which the supervisor gives up: two beats may get lost.</summary>
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
            // The service is at its end.
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
            // A supervisor that does not listen is no reason to stop working; one that misses a beat acts on it.
        }
    }
}
