namespace MuseumPipeline.Numbers;

/// <summary>The start of every view: whose data, and when. The names and their order are a contract.</summary>
/// <param name="Range">today, 7d, 28d, all or custom.</param>
/// <param name="OpenHours">How long the museum was open, up to now, on days with any press from it.</param>
/// <param name="RepeatsPending">Repeats of some days are still being counted and not left out yet: ask again in a few
/// seconds. Only with wait=false.</param>
/// <param name="AsOf">The newest press known.</param>
internal sealed record Period(
    string Museum,
    string TimeZone,
    DateOnly From,
    DateOnly To,
    string Range,
    DateOnly? PreviousFrom,
    DateOnly? PreviousTo,
    double OpenHours,
    DateTimeOffset GeneratedAt,
    DateTimeOffset? AsOf,
    bool RepeatsPending
)
{
    public static Period Of(Selection selection, OpenHours open) =>
        new(
            selection.Cube.Museum.Code,
            selection.Cube.Museum.TimeZone,
            selection.From,
            selection.To,
            selection.Range,
            selection.Previous?.From,
            selection.Previous?.To,
            open.Total,
            selection.Now,
            selection.Cube.LastPress,
            selection.RepeatsPending
        );
}
