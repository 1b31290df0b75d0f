using MuseumPipeline.View.Safety;

namespace MuseumPipeline.View.Api;

/// <summary>The views of this folder as tables.</summary>
internal static class SafetyTables
{
    public static Table Of(HelpFeed feed) => new(
        [
            "id", "kind", "outOfHours", "reason", "meaning", "at", "receivedAt", "museum", "publicId", "name", "floor", "site", "live", "state", "acknowledgedBy", "acknowledgedAt",
            "responseSeconds", "note", "escalatedAt",
        ],
        feed.Presses.Select(p => (object?[])
        [
            p.Id, p.Kind, p.OutOfHours, p.Reason, p.Meaning, p.At, p.ReceivedAt, p.Museum, p.Exhibition?.PublicId, p.Exhibition?.Name, p.Exhibition?.Floor, p.Site, p.Live, p.State,
            p.AcknowledgedBy, p.AcknowledgedAt, p.ResponseSeconds, p.Note, p.EscalatedAt,
        ]));

    public static Table Of(SafetyView view) => new(
        ["publicId", "site", "name", "floor", "department", "startDate", "emergencies", "assistance", "perOpenHour", "low", "high", "notCounted"],
        view.Exhibitions.Select(e => (object?[])
            [e.PublicId, e.Site, e.Name, e.Floor, e.Department, e.StartDate, e.Emergencies, e.Assistance, e.PerOpenHour, e.Low, e.High, e.NotCounted]));

    public static Table Of(PatrolsView view) => new(
        ["hour", "floor", "verdict", "perOpenHour", "low", "high", "reason"],
        view.Walks.Concat(view.Quiet).Select(w => (object?[])[w.Hour, w.Floor, w.Verdict, w.PerOpenHour, w.Low, w.High, w.Reason]));
}
