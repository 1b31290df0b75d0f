namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Single presses as tables.</summary>
internal static class EventsTables
{
    public static readonly Tables<RatingEvents> Ratings = new(("events", Of));
    public static readonly Tables<HelpEvents> Help = new(("events", Of));

    public static readonly Tables<RefusedEvents> Refused = new(("events", view => DataTables.Of(view.Events)));

    private static Table Of(RatingEvents view) =>
        new(
            ["id", "at", "publicId", "site", "name", "floor", "department", "value", "button", "source", "position"],
            view.Events.Select(e =>
                (object?[])
                    [
                        e.Id,
                        e.At,
                        e.Exhibition.PublicId,
                        e.Exhibition.Site,
                        e.Exhibition.Name,
                        e.Exhibition.Floor,
                        e.Exhibition.Department,
                        e.Value,
                        e.Name,
                        e.Source,
                        e.Position,
                    ]
            )
        );

    private static Table Of(HelpEvents view) =>
        new(
            [
                "id",
                "at",
                "arrivedAt",
                "clockWrong",
                "publicId",
                "site",
                "name",
                "floor",
                "department",
                "value",
                "button",
                "state",
                "acknowledgedBy",
                "acknowledgedAt",
                "resolvedAt",
                "outcome",
                "source",
                "position",
            ],
            view.Events.Select(e =>
                (object?[])
                    [
                        e.Id,
                        e.At,
                        e.ArrivedAt,
                        e.ClockWrong,
                        e.Exhibition.PublicId,
                        e.Exhibition.Site,
                        e.Exhibition.Name,
                        e.Exhibition.Floor,
                        e.Exhibition.Department,
                        e.Value,
                        e.Name,
                        e.State,
                        e.AcknowledgedBy,
                        e.AcknowledgedAt,
                        e.ResolvedAt,
                        e.Outcome,
                        e.Source,
                        e.Position,
                    ]
            )
        );
}
