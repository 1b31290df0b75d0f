using MuseumPipeline.Numbers.DataHealth;

namespace MuseumPipeline.Serve.Api;

/// <summary>The views about the data as tables.</summary>
internal static class DataTables
{
    public static readonly Tables<KiosksView> Kiosks = new(("kiosks", Of));
    public static readonly Tables<RefusedView> Refused = new(
        ("reasons", view => Of(view.Reasons)),
        ("sites", view => Of(view.Sites))
    );
    public static readonly Tables<LiveView> Live = new(("partitions", Of));
    public static readonly Tables<LoadsView> Loads = new(("runs", Of));
    public static readonly Tables<QuarantineView> Quarantine = new(("rows", Of));
    public static readonly Tables<AuditView> Audit = new(("actions", Of), ("events", OfEvents));

    private static Table Of(KiosksView view) =>
        new(
            [
                "publicId",
                "site",
                "name",
                "floor",
                "department",
                "startDate",
                "lastPress",
                "silentSeconds",
                "usualGapSeconds",
                "state",
                "explanation",
                "repeats",
                "repeatsShare",
                "worstHour",
                "refused",
                "refusedShare",
            ],
            view.Kiosks.Select(k =>
                (object?[])
                    [
                        k.PublicId,
                        k.Site,
                        k.Name,
                        k.Floor,
                        k.Department,
                        k.StartDate,
                        k.LastPress,
                        k.SilentSeconds,
                        k.UsualGapSeconds,
                        k.State,
                        k.Explanation,
                        k.Repeats.Presses,
                        k.Repeats.Share,
                        k.Repeats.WorstHour,
                        k.Refused.Count,
                        k.Refused.Share,
                    ]
            )
        );

    private static Table Of(IEnumerable<RefusedReason> reasons) =>
        new(
            ["reason", "meaning", "count", "share", "possibleHelp"],
            reasons.Select(r => (object?[])[r.Reason, r.Meaning, r.Count, r.Share, r.PossibleHelp])
        );

    /// <summary>A line for each reason and site: for totals by site, add them up.</summary>
    private static Table Of(IEnumerable<RefusedSite> sites) =>
        new(
            ["site", "publicId", "name", "floor", "reason", "count"],
            sites.SelectMany(s =>
                s.Reasons.Select(r =>
                    (object?[])[s.Site, s.Exhibition?.PublicId, s.Exhibition?.Name, s.Exhibition?.Floor, r.Key, r.Value]
                )
            )
        );

    private static Table Of(LiveView view) =>
        new(
            ["topic", "partition", "position", "end", "lag", "owner", "state", "problem", "seenAt"],
            view.Partitions.Select(p =>
                (object?[])[p.Topic, p.Partition, p.Position, p.End, p.Lag, p.Owner, p.State, p.Problem, p.SeenAt]
            )
        );

    private static Table Of(LoadsView view) =>
        new(
            [
                "runId",
                "command",
                "startedAt",
                "finishedAt",
                "state",
                "read",
                "ratings",
                "support",
                "quarantined",
                "already",
                "skipped",
                "possibleHelp",
                "balanced",
                "message",
            ],
            view.Runs.Select(r =>
                (object?[])
                    [
                        r.RunId,
                        r.Command,
                        r.StartedAt,
                        r.FinishedAt,
                        r.State,
                        r.Read,
                        r.Ratings,
                        r.Support,
                        r.Quarantined,
                        r.Already,
                        r.Skipped,
                        r.PossibleHelp,
                        r.Balanced,
                        r.Message,
                    ]
            )
        );

    private static Table Of(QuarantineView view) => Of(view.Rows);

    public static Table Of(IReadOnlyList<RefusedRecord> rows) =>
        new(
            [
                "id",
                "reason",
                "meaning",
                "detail",
                "raw",
                "rawLength",
                "site",
                "source",
                "position",
                "at",
                "receivedAt",
                "possibleHelp",
                "state",
                "place",
            ],
            rows.Select(r =>
                (object?[])
                    [
                        r.Id,
                        r.Reason,
                        r.Meaning,
                        r.Detail,
                        r.Raw,
                        r.RawLength,
                        r.Site,
                        r.Source,
                        r.Position,
                        r.At,
                        r.ReceivedAt,
                        r.PossibleHelp,
                        r.State,
                        r.Place,
                    ]
            )
        );

    private static Table Of(AuditView view) =>
        new(
            ["id", "at", "who", "command", "target", "detail"],
            view.Actions.Select(a => (object?[])[a.Id, a.At, a.Who, a.Command, a.Target, a.Detail])
        );

    private static Table OfEvents(AuditView view) =>
        new(
            ["id", "at", "event", "who", "provider", "address", "subject", "detail", "times", "hash"],
            view.Events.Select(e =>
                (object?[])[e.Id, e.At, e.Event, e.Who, e.Provider, e.Address, e.Subject, e.Detail, e.Times, e.Hash]
            )
        );
}
