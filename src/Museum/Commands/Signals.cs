using System.Diagnostics;
using System.Runtime.InteropServices;
using MuseumPipeline.Model;

namespace MuseumPipeline.Commands;

/// <summary>Ctrl-C, SIGTERM and SIGHUP ask for a clean stop; a second one, or ten seconds, end the process at once. The
/// database rolls back either way.</summary>
internal sealed class Signals : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    /// <summary>timeout(1) and some supervisors signal the process and then its group, which is the same signal
    /// twice.</summary>
    private static readonly TimeSpan Twice = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long _received;

    public Signals() =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated)),
            // The terminal was closed.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, ExitCode.Terminated)),
        ];

    /// <summary>The exit code of the signal that came, if any.</summary>
    public static ExitCode? Received { get; private set; }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context, ExitCode code)
    {
        context.Cancel = true;
        if (Received is { } first)
        {
            if (Stopwatch.GetElapsedTime(_received) > Twice)
                Environment.Exit((int)first);
            return;
        }

        (Received, _received) = (code, Stopwatch.GetTimestamp());
        _ = Task.Delay(Patience).ContinueWith(_ => Environment.Exit((int)code), TaskScheduler.Default);
        _ = _stop.CancelAsync();
    }
}
