using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.DataHealth;

/// <summary>The state of each kiosk. The names and their order are a contract.</summary>
/// <param name="RepeatsPending">True while the repeats of some of these days are still being counted: ask again in a
/// few seconds.</param>
internal sealed record KiosksView(Period Period, IReadOnlyList<Kiosk> Kiosks, bool RepeatsPending)
{
    public static KiosksView Of(
        Selection selection,
        IReadOnlyDictionary<int, DateTimeOffset> lastPresses,
        (IReadOnlyList<RepeatRow> Rows, bool Complete) repeats,
        IReadOnlyList<RefusedCount> refused
    ) =>
        new(
            Period.Of(selection, selection.OpenHours()),
            [
                .. selection.Exhibitions.Select(e =>
                    Kiosk.Of(
                        selection,
                        e,
                        lastPresses.TryGetValue(e.Card.Id, out var last) ? last : null,
                        [.. repeats.Rows.Where(r => r.ExhibitionId == e.Card.Id)],
                        refused.Where(r => r.ExhibitionId == e.Card.Id).Sum(r => r.Count)
                    )
                ),
            ],
            !repeats.Complete
        );
}

/// <param name="SilentSeconds">Opening time since its last press.</param>
/// <param name="UsualGapSeconds">Between two of its presses at this hour of the day.</param>
/// <param name="Explanation">The state in words.</param>
internal sealed record Kiosk(
    string PublicId,
    string Site,
    string Name,
    string Floor,
    string Department,
    DateOnly? StartDate,
    DateTimeOffset? LastPress,
    double? SilentSeconds,
    double? UsualGapSeconds,
    KioskState State,
    string Explanation,
    KioskRepeats Repeats,
    KioskRefused Refused
)
{
    public static Kiosk Of(
        Selection selection,
        ExhibitionHours exhibition,
        DateTimeOffset? lastPress,
        IReadOnlyCollection<RepeatRow> repeats,
        long refused
    )
    {
        var card = exhibition.Card;
        var rhythm = KioskRhythm.Of(selection.Cube, exhibition, lastPress, selection.Now);
        long presses = 0;
        foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
            presses += cell.Votes + cell.Help;
        return new(
            card.PublicId,
            card.Site,
            card.Name,
            card.Floor,
            card.Department,
            card.StartDate,
            lastPress,
            rhythm.SilentSeconds is { } seconds ? Math.Floor(seconds) : null,
            rhythm.UsualGapSeconds,
            rhythm.State,
            rhythm.Explanation,
            KioskRepeats.Of(repeats, presses),
            new(refused, refused + presses == 0 ? 0 : (double)refused / (refused + presses))
        );
    }
}

/// <summary>Presses of the same button within five seconds: a button that sticks, or somebody playing.</summary>
/// <param name="Share">Share of its presses.</param>
/// <param name="WorstHour">The hour with the most of them.</param>
internal sealed record KioskRepeats(long Presses, double Share, DateTimeOffset? WorstHour)
{
    public static KioskRepeats Of(IReadOnlyCollection<RepeatRow> repeats, long presses)
    {
        var count = repeats.Sum(r => r.Presses);
        DateTimeOffset? worst =
            count == 0
                ? null
                : repeats
                    .GroupBy(r => r.Hour)
                    .OrderByDescending(h => h.Sum(r => r.Presses))
                    .ThenBy(h => h.Key)
                    .First()
                    .Key;
        return new(count, presses == 0 ? 0 : (double)count / presses, worst);
    }
}

/// <param name="Share">Share of everything that came from it, counted or not.</param>
internal sealed record KioskRefused(long Count, double Share);
