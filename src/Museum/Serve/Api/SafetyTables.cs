using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Api;

/// <summary>This folder's views as tables.</summary>
internal static class SafetyTables
{
    public static readonly Tables<HelpFeed> Help = new(("presses", Of));

    public static readonly Tables<SafetyView> Safety = new(
        ("exhibitions", Of),
        ("floors", Floors),
        ("hours", view => Hours(view.Hours, view.Totals)),
        ("heat", view => Of(view.Heat)),
        ("weeks", view => Of(view.Response.Weeks))
    );

    public static readonly Tables<SafetyTrendView> Trend = new(("points", Of));

    public static readonly Tables<PatrolsView> Patrols = new(
        ("cells", view => Of(view.Walks.Concat(view.Quiet))),
        ("walks", view => Of(view.Walks)),
        ("quiet", view => Of(view.Quiet))
    );

    private static Table Of(HelpFeed feed) =>
        new(
            [
                "id",
                "kind",
                "kindName",
                "outOfHours",
                "reason",
                "meaning",
                "at",
                "receivedAt",
                "clockWrong",
                "museum",
                "publicId",
                "name",
                "floor",
                "site",
                "live",
                "state",
                "acknowledgedBy",
                "acknowledgedAt",
                "responseSeconds",
                "note",
                "escalatedAt",
            ],
            feed.Presses.Select(p =>
                (object?[])
                    [
                        p.Id,
                        p.Kind,
                        p.Name,
                        p.OutOfHours,
                        p.Reason,
                        p.Meaning,
                        p.At,
                        p.ReceivedAt,
                        p.ClockWrong,
                        p.Museum,
                        p.Exhibition?.PublicId,
                        p.Exhibition?.Name,
                        p.Exhibition?.Floor,
                        p.Site,
                        p.Live,
                        p.State,
                        p.AcknowledgedBy,
                        p.AcknowledgedAt,
                        p.ResponseSeconds,
                        p.Note,
                        p.EscalatedAt,
                    ]
            )
        );

    private static Table Of(SafetyView view) =>
        new(
            [
                "publicId",
                "site",
                "name",
                "floor",
                "department",
                "startDate",
                "emergencies",
                "assistance",
                .. view.Totals.Added.Select(kind => kind.Name),
                "perOpenHour",
                "low",
                "high",
                "notCounted",
            ],
            view.Exhibitions.Select(e =>
                (object?[])
                    [
                        e.PublicId,
                        e.Site,
                        e.Name,
                        e.Floor,
                        e.Department,
                        e.StartDate,
                        e.Emergencies,
                        e.Assistance,
                        .. e.Added.Select(kind => (object?)kind.Presses),
                        e.PerOpenHour,
                        e.Low,
                        e.High,
                        e.NotCounted,
                    ]
            )
        );

    private static Table Floors(SafetyView view) =>
        new(
            [
                "floor",
                "emergencies",
                "assistance",
                .. view.Totals.Added.Select(kind => kind.Name),
                "perOpenHour",
                "low",
                "high",
                "notCounted",
            ],
            view.Floors.Select(f =>
                (object?[])
                    [
                        f.Name,
                        f.Emergencies,
                        f.Assistance,
                        .. f.Added.Select(kind => (object?)kind.Presses),
                        f.PerOpenHour,
                        f.Low,
                        f.High,
                        f.NotCounted,
                    ]
            )
        );

    public static Table Hours(IEnumerable<SafetyHour> hours, SafetyTotals totals) =>
        new(
            [
                "hour",
                "emergencies",
                "assistance",
                .. totals.Added.Select(kind => kind.Name),
                "openHours",
                "perOpenHour",
            ],
            hours.Select(h =>
                (object?[])
                    [
                        h.Hour,
                        h.Emergencies,
                        h.Assistance,
                        .. h.Added.Select(kind => (object?)kind.Presses),
                        h.OpenHours,
                        h.PerOpenHour,
                    ]
            )
        );

    private static Table Of(SafetyTrendView view) =>
        new(
            [
                "point",
                "emergencies",
                "assistance",
                .. view.Points.Take(1).SelectMany(point => point.Added).Select(kind => kind.Name),
            ],
            view.Points.Select(p =>
                (object?[])[p.Point, p.Emergencies, p.Assistance, .. p.Added.Select(kind => (object?)kind.Presses)]
            )
        );

    private static Table Of(IEnumerable<SafetyHeat> heat) =>
        new(
            ["floor", "hour", "presses", "openHours", "perOpenHour", "low", "high"],
            heat.Select(h => (object?[])[h.Floor, h.Hour, h.Presses, h.OpenHours, h.PerOpenHour, h.Low, h.High])
        );

    private static Table Of(IEnumerable<ResponseWeek> weeks) =>
        new(
            ["week", "answered", "unanswered", "medianSeconds"],
            weeks.Select(w => (object?[])[w.Week, w.Answered, w.Unanswered, w.MedianSeconds])
        );

    private static Table Of(IEnumerable<PatrolWalk> cells) =>
        new(
            ["hour", "floor", "verdict", "perOpenHour", "low", "high", "reason"],
            cells.Select(w => (object?[])[w.Hour, w.Floor, w.Verdict, w.PerOpenHour, w.Low, w.High, w.Reason])
        );
}
