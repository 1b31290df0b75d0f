using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Exhibitions;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>Calls for help over time. The names and their order are a contract.</summary>
/// <param name="Points">Every hour, day or week, also those without calls.</param>
/// <param name="Names">What the museum calls the two kinds.</param>
/// <param name="Annotations">What happened meanwhile, as people wrote it down.</param>
internal sealed record SafetyTrendView(
    Period Period,
    string By,
    IReadOnlyList<SafetyPoint> Points,
    CallNames Names,
    IReadOnlyList<AnnotationView> Annotations
)
{
    /// <exception cref="BadQueryException">There is no such step.</exception>
    public static SafetyTrendView Of(Selection selection, string? by, IReadOnlyList<AnnotationView> annotations)
    {
        var step = Trend.StepOf(selection, by);
        var calls = HelpCount.By(selection, (_, cell) => Trend.PointOf(cell.Day, cell.LocalHour, step));
        var buttons = selection.Cube.Buttons;
        return new(
            Period.Of(selection, selection.OpenHours()),
            step,
            [
                .. Trend
                    .Places(selection, step, cell => cell.Help)
                    .Keys.Select(point => SafetyPoint.Of(point, calls.GetValueOrDefault(point), buttons)),
            ],
            CallNames.Of(buttons),
            annotations
        );
    }
}

/// <param name="Point">Such as 2023-03-06T09:00, 2023-03-06 or 2023-W10, by the museum's clock.</param>
internal sealed record SafetyPoint(string Point, long Emergencies, long Assistance, IReadOnlyList<AddedCalls> Added)
{
    public static SafetyPoint Of(string point, HelpCount calls, KioskButtons buttons) =>
        new(point, calls.Emergencies, calls.Assistance, AddedCalls.Of(calls, buttons));
}
