using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>Reads calls for help and their current state from the database.</summary>
internal sealed class HelpPresses(IHelpCalls calls, TimeProvider clock)
{
    /// <summary>More than this many at once cannot be handled one by one; only their number is reported.</summary>
    private const int MostEmergencies = 500;

    /// <summary>Newest first.</summary>
    /// <param name="before">Continues below the press with this id.</param>
    /// <param name="openOnly">Only those that wait for somebody.</param>
    /// <exception cref="MuseumException">There is no press with that id.</exception>
    public async Task<HelpFeed> ReadAsync(int museumId, bool openOnly, long? before, int most, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var since = now - Incident.Lapse;
        var rows = await calls.ListAsync(new HelpFilter(museumId, most, before, openOnly ? since : null), cancel);
        var counts = await calls.CountsAsync(museumId, since, cancel);
        return new([.. rows.Select(row => HelpPress.Of(row, now))], counts.Open, openOnly ? counts.Open : counts.Total);
    }

    /// <summary>The newest calls, followed by every older emergency that is not resolved: those stay visible however
    /// many calls come.</summary>
    public async Task<HelpFeed> ReadLiveAsync(int museumId, int most, CancellationToken cancel)
    {
        var feed = await ReadAsync(museumId, openOnly: false, before: null, most, cancel);
        if (feed.Presses.Count < most)
            return feed;
        var now = clock.GetUtcNow();
        var known = feed.Presses.Select(press => press.Id).ToHashSet();
        var emergencies = await calls.ListAsync(
            new HelpFilter(
                museumId,
                MostEmergencies,
                OpenSince: now - Incident.Lapse,
                EmergenciesOnly: true,
                Taken: true
            ),
            cancel
        );
        return feed with
        {
            Presses =
            [
                .. feed.Presses,
                .. emergencies.Select(row => HelpPress.Of(row, now)).Where(press => !known.Contains(press.Id)),
            ],
        };
    }

    /// <summary>Those of these ids that are calls for help, newest first; for announcements.</summary>
    public async Task<IReadOnlyList<HelpPress>> ReadAsync(IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        var rows = await calls.FindAsync(ids, cancel);
        var now = clock.GetUtcNow();
        return [.. rows.Select(row => HelpPress.Of(row, now))];
    }
}

/// <param name="Open">How many wait for somebody, shown or not.</param>
/// <param name="Total">How many match the request, over all pages.</param>
internal sealed record HelpFeed(IReadOnlyList<HelpPress> Presses, long Open, long Total);
