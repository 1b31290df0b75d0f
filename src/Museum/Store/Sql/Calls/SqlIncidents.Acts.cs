using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Calls;

/// <summary>Actions on calls for help: each is done once, or not at all.</summary>
internal sealed partial class SqlIncidents
{
    public async Task<IncidentOutcome> ActAsync(long pressId, IncidentMove move, CancellationToken cancel) =>
        (await ActAsync([pressId], move, cancel))[pressId];

    public async Task<IReadOnlyDictionary<long, IncidentOutcome>> ActAsync(
        IReadOnlyCollection<long> pressIds,
        IncidentMove move,
        CancellationToken cancel
    )
    {
        var (outcomes, news) = await database.TransactAsync<(
            IReadOnlyDictionary<long, IncidentOutcome>,
            List<HelpAnnouncement>
        )>(
            async session =>
            {
                var each = new Dictionary<long, IncidentOutcome>();
                List<HelpAnnouncement> announcements = [];
                List<long> done = [];
                // In one order, so that two people who act on the same calls wait for each other instead of
                // deadlocking.
                foreach (var id in pressIds.Distinct().Order())
                {
                    (each[id], var announcement) = await ActAsync(session, id, move);
                    if (announcement is null)
                        continue;
                    announcements.Add(announcement);
                    done.Add(id);
                }

                // After every call is locked, and all at once: whoever has written a row of the audit makes all others
                // wait.
                await session.RecordAsync([.. done.Select(id => Deed(id, move))]);
                var together = Together(announcements);
                foreach (var announcement in together)
                    await announcer.AnnounceAsync(session, announcement);
                return (each, together);
            },
            cancel
        );
        foreach (var announcement in news)
            announcer.Announced(announcement);
        return outcomes;
    }

    private static async Task<(IncidentOutcome Outcome, HelpAnnouncement? Announcement)> ActAsync(
        SqlSession session,
        long pressId,
        IncidentMove move
    )
    {
        if (await LockAsync(session, pressId) is not { } press)
            return (IncidentOutcome.Unknown, null);
        if (press.Kind != SourceIdentity.Stream)
            return (IncidentOutcome.History, null);
        // Its answer was lost on the way, but it was recorded.
        if (move.Act is not null && await IsKnownAsync(session, pressId, move.Act))
            return (IncidentOutcome.Done, null);
        var standing = await session.ReadAsync(
            $"select action from incident_action where incident_action_id = ({HelpSql.Decision} @press)",
            r => r.Text(),
            ("press", pressId)
        );
        if (!IsNext(standing is [var last] ? last : IncidentMove.Reopen, move.Action))
            return (IncidentOutcome.Already, null);
        const string Insert = """
            insert into incident_action (press_id, museum_id, action, who, note, outcome, act, at)
            values (@press, @museum, @action, @who, @note, @outcome, @act, @now)
            """;
        await session.ExecuteAsync(
            Insert,
            ("press", pressId),
            ("museum", press.MuseumId),
            ("action", move.Action),
            ("who", move.Who),
            ("note", move.Note),
            ("outcome", move.Outcome),
            ("act", move.Act),
            ("now", session.Now)
        );
        return (IncidentOutcome.Done, press.Announcement(pressId));
    }

    private static (string Target, OperatorMove Move) Deed(long pressId, IncidentMove move)
    {
        var said = move.Outcome is null ? move.Note : $"{move.Outcome}: {move.Note}";
        var deed = move.Action is IncidentMove.Acknowledge ? "acknowledge" : move.Action;
        return ($"press {pressId}", new(move.Who, deed, said) { By = move.By, Typed = true });
    }

    private static async Task<bool> IsKnownAsync(SqlSession session, long pressId, string act) =>
        await session.NumberAsync(
            "select incident_action_id from incident_action where act = @act and press_id = @press",
            ("act", act),
            ("press", pressId)
        )
            is not null;

    /// <summary>New, on the way, resolved, and from either of these back to new.</summary>
    private static bool IsNext(string standing, string action) =>
        (standing, action) switch
        {
            (IncidentMove.Reopen, IncidentMove.Reopen) => false,
            (IncidentMove.Reopen, _) => true,
            (IncidentMove.Acknowledge, IncidentMove.Acknowledge) => false,
            (IncidentMove.Acknowledge, _) => true,
            (_, IncidentMove.Reopen) => true,
            _ => false,
        };

    /// <summary>One announcement for each museum, however many calls it covers.</summary>
    private static List<HelpAnnouncement> Together(List<HelpAnnouncement> each) =>
        [
            .. each.GroupBy(one => one.MuseumId)
                .Select(museum =>
                    museum.Count() > HelpAnnouncement.MostNamed
                        ? new HelpAnnouncement(museum.Key, [], [], museum.Count())
                        : new HelpAnnouncement(
                            museum.Key,
                            [.. museum.SelectMany(one => one.Support)],
                            [.. museum.SelectMany(one => one.Quarantine)],
                            museum.Count()
                        )
                ),
        ];
}
