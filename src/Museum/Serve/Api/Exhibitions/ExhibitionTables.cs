using MuseumPipeline.Numbers.Exhibitions;

namespace MuseumPipeline.Serve.Api.Exhibitions;

/// <summary>One exhibition as tables.</summary>
internal static class ExhibitionTables
{
    public static readonly Tables<ExhibitionView> Exhibition = new(
        ("trend", Trend),
        ("hours", Hours),
        ("votes", Votes),
        ("calls", view => SafetyTables.Hours(view.CallHours, view.Calls)),
        ("annotations", Annotations)
    );

    public static Table Of(IEnumerable<AnnotationView> annotations) =>
        new(
            ["id", "publicId", "day", "text", "who", "at"],
            annotations.Select(a => (object?[])[a.Id, a.PublicId, a.Day, a.Text, a.Who, a.At])
        );

    private static Table Annotations(ExhibitionView view) => Of(view.Annotations);

    private static Table Trend(ExhibitionView view) =>
        new(
            ["point", "votes", "mean", "low", "high", "enough", "museum"],
            view.Trend.Points.Select(p => (object?[])[p.Point, p.Votes, p.Mean, p.Low, p.High, p.Enough, p.Museum])
        );

    private static Table Hours(ExhibitionView view) =>
        new(
            ["weekday", "hour", "votes", "openHours", "perOpenHour"],
            view.Hours.Select(c => (object?[])[c.Weekday, c.Hour, c.Votes, c.OpenHours, c.PerOpenHour])
        );

    private static Table Votes(ExhibitionView view) =>
        new(
            ["value", "button", "votes"],
            view.Buttons.Select(button =>
                (object?[])[button.Value, button.Name, view.Rating.Distribution[button.Value]]
            )
        );
}
