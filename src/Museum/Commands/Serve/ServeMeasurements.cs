using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Serve;

/// <summary>A dashboard's measurements for the JSON log. Names and meanings are a contract, in
/// docs/monitoring.md.</summary>
internal static class ServeMeasurements
{
    /// <exception cref="Model.TransientException">The database is unavailable: the numbers are unknown.</exception>
    public static async Task<IReadOnlyList<Measurement>> TakeAsync(
        MuseumStore store,
        IReadOnlyList<Reception> receptions,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var museums = (await store.Museums.ListAsync(cancel)).ToDictionary(museum => museum.Code);
        var watches = await store.Incidents.WatchAsync(now - Incident.Lapse, cancel);
        return
        [
            .. receptions
                .Where(of => of.State != ReceptionState.DatabaseAway && museums.ContainsKey(of.Museum))
                .Select(of => new Measurement(
                    MeasuredEvents.Silence,
                    Seconds(SilentSince(of, museums[of.Museum], now), now)
                )
                {
                    Museum = of.Museum,
                }),
            .. watches.Select(of => new Measurement(MeasuredEvents.Emergency, Seconds(of.OldestEmergency, now))
            {
                Museum = of.Code,
            }),
        ];
    }

    /// <summary>Since when no press was stored while it is open; null while it is closed, and for a museum with only
    /// history.</summary>
    private static DateTimeOffset? SilentSince(Reception of, Model.Museum museum, DateTimeOffset now)
    {
        if (of.State == ReceptionState.History || OpenHours.OpenedAt(museum, now) is not { } opened)
            return null;
        return of.LastArrival > opened ? of.LastArrival : opened;
    }

    private static long Seconds(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } at ? Math.Max(0, (long)(now - at).TotalSeconds) : 0;
}
