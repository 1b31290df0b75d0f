using System.Diagnostics.Metrics;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Health;

/// <summary>A dashboard's metrics: its pages, its database, and who waits for help. Names and labels are a contract, in
/// docs/monitoring.md.</summary>
/// <param name="streams">Open pages that receive live events.</param>
/// <param name="receptions">Whether presses of the museums arrive.</param>
internal sealed class DashboardMetrics(
    IIncidents incidents,
    Func<int> streams,
    Func<CancellationToken, Task<IReadOnlyList<Reception>>> receptions,
    TimeProvider clock
) : IMeasured, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>However often it is scraped, the database is queried at most once in this time.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim one = new(1);
    private long? looked;

    // Null while the database does not answer: numbers that may be out of date are not reported.
    private volatile IReadOnlyList<MuseumWatch>? seen;

    private volatile IReadOnlyList<Reception> heard = [];

    public async Task LookAsync(CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            if (looked is { } before && clock.GetElapsedTime(before) < Fresh)
                return;
            seen = await AskAsync(cancel);
            heard = await receptions(cancel);
            looked = clock.GetTimestamp();
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<IReadOnlyList<MuseumWatch>?> AskAsync(CancellationToken cancel)
    {
        try
        {
            return await incidents
                .WatchAsync(clock.GetUtcNow() - Incident.Lapse, cancel)
                .WaitAsync(Patience, clock, cancel);
        }
        catch (Exception e) when (e is TransientException or MuseumException or TimeoutException)
        {
            return null;
        }
    }

    public void Declare(Meter meter)
    {
        meter.CreateObservableGauge(
            "museum_live_streams",
            () => (long)streams(),
            null,
            "Open pages that receive live events from this server."
        );
        meter.CreateObservableGauge(
            "museum_database_up",
            () => seen is null ? 0L : 1L,
            null,
            "1 while the dashboard's database answers, else 0."
        );
        meter.CreateObservableGauge(
            "museum_open_help_calls",
            OpenCalls,
            null,
            "Calls for help that wait for somebody: kind is emergency, assistance or unreadable."
        );
        Gauge(
            "museum_oldest_open_emergency_seconds",
            "How long the oldest open emergency has been open; 0 while none is.",
            Oldest
        );
        meter.CreateObservableCounter(
            "museum_escalations_total",
            () => ByMuseum(row => row.Escalations),
            null,
            "Emergencies nobody acknowledged in time, as the database counts them."
        );
        meter.CreateObservableCounter(
            "museum_webhook_attempts_total",
            () => ByMuseum(row => row.Attempts),
            null,
            "Attempts to call the webhook for an escalation."
        );
        Gauge(
            "museum_webhook_undelivered",
            "Escalations that the webhook has not accepted yet, after a failed attempt.",
            row => row.Undelivered
        );

        meter.CreateObservableGauge(
            "museum_receiving",
            () => Heard(of => of.Healthy ? 1 : 0),
            null,
            "1 while presses arrive, or would if anybody pressed (or the museum has only history); else 0."
        );
        meter.CreateObservableGauge(
            "museum_newest_arrival_seconds",
            () =>
                Heard(of => of.LastArrival is { } at ? Math.Max(0, (long)(clock.GetUtcNow() - at).TotalSeconds) : null),
            null,
            "Since a message of the museum was last stored; absent where none ever was."
        );

        void Gauge(string name, string help, Func<MuseumWatch, long> number) =>
            meter.CreateObservableGauge(name, () => ByMuseum(number), null, help);
    }

    private long Oldest(MuseumWatch row) =>
        row.OldestEmergency is { } since ? Math.Max(0, (long)(clock.GetUtcNow() - since).TotalSeconds) : 0;

    private IEnumerable<Measurement<long>> ByMuseum(Func<MuseumWatch, long> number) =>
        (seen ?? []).Select(row => new Measurement<long>(number(row), Museum(row)));

    private IEnumerable<Measurement<long>> Heard(Func<Reception, long?> number) =>
        heard
            .Where(of => number(of) is not null)
            .Select(of => new Measurement<long>(
                number(of)!.Value,
                new KeyValuePair<string, object?>("museum", of.Museum)
            ));

    private IEnumerable<Measurement<long>> OpenCalls() =>
        (seen ?? []).SelectMany(row =>
            (Measurement<long>[])
                [
                    new(row.Emergencies, Museum(row), new("kind", "emergency")),
                    new(row.Assistance, Museum(row), new("kind", "assistance")),
                    new(row.Unreadable, Museum(row), new("kind", "unreadable")),
                ]
        );

    private static KeyValuePair<string, object?> Museum(MuseumWatch row) => new("museum", row.Code);

    public void Dispose() => one.Dispose();
}
