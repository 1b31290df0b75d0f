using MuseumPipeline.View.Data;

namespace MuseumPipeline.View.Api;

/// <summary>The views about the data as tables.</summary>
internal static class DataTables
{
    public static Table Of(KiosksView view) => new(
        [
            "publicId", "site", "name", "floor", "department", "startDate", "lastPress", "silentSeconds", "usualGapSeconds", "state", "explanation", "repeats", "repeatsShare", "worstHour",
            "refused", "refusedShare",
        ],
        view.Kiosks.Select(k => (object?[])
        [
            k.PublicId, k.Site, k.Name, k.Floor, k.Department, k.StartDate, k.LastPress, k.SilentSeconds, k.UsualGapSeconds, k.State, k.Explanation, k.Repeats.Presses, k.Repeats.Share,
            k.Repeats.WorstHour, k.Refused.Count, k.Refused.Share,
        ]));

    public static Table Of(RefusedView view) => new(
        ["reason", "meaning", "count", "share", "possibleHelp"], view.Reasons.Select(r => (object?[])[r.Reason, r.Meaning, r.Count, r.Share, r.PossibleHelp]));

    public static Table Of(LiveView view) => new(
        ["topic", "partition", "position", "end", "lag", "owner", "state", "problem", "seenAt"],
        view.Partitions.Select(p => (object?[])[p.Topic, p.Partition, p.Position, p.End, p.Lag, p.Owner, p.State, p.Problem, p.SeenAt]));

    public static Table Of(LoadsView view) => new(
        [
            "runId", "command", "startedAt", "finishedAt", "state", "read", "ratings", "support", "quarantined", "already", "skipped", "possibleHelp", "balanced", "message",
        ],
        view.Runs.Select(r => (object?[])
        [
            r.RunId, r.Command, r.StartedAt, r.FinishedAt, r.State, r.Read, r.Ratings, r.Support, r.Quarantined, r.Already, r.Skipped, r.PossibleHelp, r.Balanced, r.Message,
        ]));

    public static Table Of(QuarantineView view) => new(
        ["id", "reason", "meaning", "detail", "raw", "rawLength", "site", "source", "position", "at", "receivedAt", "possibleHelp", "state"],
        view.Rows.Select(r => (object?[])
        [
            r.Id, r.Reason, r.Meaning, r.Detail, r.Raw, r.RawLength, r.Site, r.Source, r.Position, r.At, r.ReceivedAt, r.PossibleHelp, r.State,
        ]));

    public static Table Of(AuditView view) => new(
        ["id", "at", "who", "command", "target", "detail"], view.Actions.Select(a => (object?[])[a.Id, a.At, a.Who, a.Command, a.Target, a.Detail]));
}
