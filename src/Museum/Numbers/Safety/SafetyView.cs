using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Numbers.Statistics;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>Where and when people called for help, and how soon it came. The names and their order are a
/// contract.</summary>
/// <param name="Heat">Every floor in every hour with opening time or calls.</param>
/// <param name="Annotations">What happened meanwhile, as people wrote it down.</param>
internal sealed record SafetyView(
    Period Period,
    SafetyTotals Totals,
    IReadOnlyList<SafetyExhibition> Exhibitions,
    IReadOnlyList<SafetyFloor> Floors,
    IReadOnlyList<SafetyHour> Hours,
    IReadOnlyList<SafetyHeat> Heat,
    ResponseTimes Response,
    IReadOnlyList<AnnotationView> Annotations
)
{
    /// <summary>Reads what the selection needs from the store.</summary>
    public static async Task<SafetyView> ReadAsync(
        Selection selection,
        RefusedDays refused,
        IHelpCalls calls,
        IReadOnlyList<AnnotationView> annotations,
        CancellationToken cancel
    ) =>
        Of(
            selection,
            await AnsweredCalls.ReadAsync(selection, calls, cancel),
            await refused.OfAsync(selection, cancel),
            annotations
        );

    public static SafetyView Of(
        Selection selection,
        IReadOnlyList<HelpResponse> responses,
        IReadOnlyList<RefusedCount> refused,
        IReadOnlyList<AnnotationView> annotations
    )
    {
        var open = selection.OpenHours();
        var mine = selection.Exhibitions.Select(e => e.Card.Id).ToHashSet();
        // A call without an exhibition belongs to the museum, but to none of its parts.
        var everything = mine.Count == selection.Cube.Exhibitions.Count;
        List<RefusedCount> apart =
        [
            .. refused.Where(r => r.PossibleHelp && (r.ExhibitionId is { } id ? mine.Contains(id) : everything)),
        ];
        // Intervals shown side by side hold together; counted over all, so that a filter only changes which are shown.
        var floorsInAll = selection.Cube.Exhibitions.Select(e => e.Card.Floor).Distinct(StringComparer.Ordinal).Count();
        var help = HelpCount.By(selection, (exhibition, cell) => (exhibition.Id, exhibition.Floor, cell.LocalHour));
        var all = help.Values.Aggregate(default(HelpCount), HelpCount.Add);
        return new(
            Period.Of(selection, open),
            new(
                all.Emergencies,
                all.Assistance,
                Added(all),
                PoissonRate.Of(InHours(_ => true), open.Total).PerHour,
                SafetyBefore.Of(selection),
                NotCounted.Of(apart),
                all.Presses - InHours(_ => true),
                CallNames.Of(selection.Cube.Buttons)
            ),
            [
                .. selection.Exhibitions.Select(e =>
                    SafetyExhibition.Of(
                        e.Card,
                        Sum(key => key.Id == e.Card.Id),
                        Added(Sum(key => key.Id == e.Card.Id)),
                        Rate(InHours(key => key.Id == e.Card.Id), selection.Cube.Exhibitions.Count),
                        Apart(r => r.ExhibitionId == e.Card.Id)
                    )
                ),
            ],
            [
                .. FloorsOf(selection)
                    .Select(floor =>
                        SafetyFloor.Of(
                            floor.Key,
                            Sum(key => key.Floor == floor.Key),
                            Added(Sum(key => key.Floor == floor.Key)),
                            Rate(InHours(key => key.Floor == floor.Key), floorsInAll),
                            Apart(r => floor.Ids.Contains(r.ExhibitionId ?? 0))
                        )
                    ),
            ],
            [
                .. Hours()
                    .Select(hour =>
                        SafetyHour.Of(
                            hour,
                            Sum(key => key.LocalHour == hour),
                            Added(Sum(key => key.LocalHour == hour)),
                            open.InHour(hour)
                        )
                    ),
            ],
            [
                .. FloorsOf(selection)
                    .SelectMany(floor =>
                        Hours()
                            .Select(hour =>
                                SafetyHeat.Of(
                                    floor.Key,
                                    hour,
                                    Sum(key => key.Floor == floor.Key && key.LocalHour == hour),
                                    open.InHour(hour),
                                    floorsInAll * open.HoursOpen
                                )
                            )
                    ),
            ],
            ResponseTimes.Of(responses, selection.Cube.Zone),
            annotations
        );

        HelpCount Sum(Func<(int Id, string Floor, int LocalHour), bool> which) =>
            help.Where(pair => which(pair.Key)).Select(pair => pair.Value).Aggregate(default(HelpCount), HelpCount.Add);

        IReadOnlyList<AddedCalls> Added(HelpCount count) => AddedCalls.Of(count, selection.Cube.Buttons);

        // Presses while the museum is closed are in no rate.
        long InHours(Func<(int Id, string Floor, int LocalHour), bool> which) =>
            Sum(key => which(key) && open.InHour(key.LocalHour) > 0).Presses;

        PoissonRate Rate(long presses, int together) => PoissonRate.Of(presses, open.Total, together);

        long Apart(Func<RefusedCount, bool> which) => apart.Where(which).Sum(r => r.Count);

        IEnumerable<int> Hours() =>
            Enumerable.Range(0, 24).Where(hour => open.InHour(hour) > 0 || help.Keys.Any(key => key.LocalHour == hour));
    }

    private static IEnumerable<FloorOf> FloorsOf(Selection selection) =>
        selection
            .Exhibitions.GroupBy(e => e.Card.Floor, StringComparer.Ordinal)
            .OrderBy(floor => floor.Key, StringComparer.Ordinal)
            .Select(floor => new FloorOf(floor.Key, [.. floor.Select(e => e.Card.Id)]));

    private sealed record FloorOf(string Key, HashSet<int> Ids);
}

/// <param name="Previous">The same number of days right before; null if the range is everything.</param>
/// <param name="Outside">Calls in hours in which the museum is closed: counted, but in no rate.</param>
/// <param name="Names">What the museum calls the first two.</param>
internal sealed record SafetyTotals(
    long Emergencies,
    long Assistance,
    IReadOnlyList<AddedCalls> Added,
    double? PerOpenHour,
    SafetyBefore? Previous,
    NotCounted NotCounted,
    long Outside,
    CallNames Names
);

/// <param name="Emergencies">The button's own name if it was renamed and is the only one that is an emergency.</param>
/// <param name="Assistance">The button's name.</param>
internal sealed record CallNames(string Emergencies, string Assistance)
{
    public static CallNames Of(KioskButtons buttons)
    {
        var alarming = buttons.Support.Where(type => type.Alarms).Select(type => type.Description).ToList();
        return new(
            alarming is [var name] && name != KioskButtons.Emergency ? name : "Emergencies",
            buttons.Support.FirstOrDefault(type => type.Value == PressType.Assistance)?.Description
                ?? KioskButtons.Assistance
        );
    }
}

internal sealed record SafetyBefore(long Emergencies, long Assistance, double? PerOpenHour)
{
    public static SafetyBefore? Of(Selection selection)
    {
        if (selection.Previous is not { } before)
            return null;
        var open = selection.OpenHours(before.From, before.To);
        var hours = HelpCount.By(selection, before.From, before.To, (_, cell) => cell.LocalHour);
        var count = hours.Values.Aggregate(default(HelpCount), HelpCount.Add);
        var inHours = hours.Where(hour => open.InHour(hour.Key) > 0).Sum(hour => hour.Value.Presses);
        return new(count.Emergencies, count.Assistance, PoissonRate.Of(inHours, open.Total).PerHour);
    }
}

/// <summary>Presses that may be calls for help and are in no other number. They are known by day: of some hours alone,
/// they are those of the whole days.</summary>
/// <param name="Unreadable">A help button, but which one could not be read.</param>
/// <param name="Other">The kind is known; the time or the exhibition is not.</param>
internal sealed record NotCounted(long Unreadable, long OutOfHours, long Other)
{
    public static NotCounted Of(IReadOnlyCollection<RefusedCount> presses)
    {
        var night = presses.Where(p => p.Reason is Reason.OutOfHours).Sum(p => p.Count);
        var unreadable = presses.Where(p => p.Reason is not Reason.OutOfHours && !p.KindKnown).Sum(p => p.Count);
        return new(unreadable, night, presses.Sum(p => p.Count) - night - unreadable);
    }
}

/// <param name="PerOpenHour">With its exact interval, which holds at 95 % together with those of all other exhibitions;
/// null if the museum was not open.</param>
internal sealed record SafetyExhibition(
    string PublicId,
    string Site,
    string Name,
    string Floor,
    string Department,
    DateOnly? StartDate,
    long Emergencies,
    long Assistance,
    IReadOnlyList<AddedCalls> Added,
    double? PerOpenHour,
    double? Low,
    double? High,
    long NotCounted
)
{
    public static SafetyExhibition Of(
        ExhibitionCard card,
        HelpCount help,
        IReadOnlyList<AddedCalls> added,
        PoissonRate rate,
        long notCounted
    )
    {
        return new(
            card.PublicId,
            card.Site,
            card.Name,
            card.Floor,
            card.Department,
            card.StartDate,
            help.Emergencies,
            help.Assistance,
            added,
            rate.PerHour,
            rate.Low,
            rate.High,
            notCounted
        );
    }
}

internal sealed record SafetyFloor(
    string Name,
    long Emergencies,
    long Assistance,
    IReadOnlyList<AddedCalls> Added,
    double? PerOpenHour,
    double? Low,
    double? High,
    long NotCounted
)
{
    public static SafetyFloor Of(
        string name,
        HelpCount help,
        IReadOnlyList<AddedCalls> added,
        PoissonRate rate,
        long notCounted
    )
    {
        return new(name, help.Emergencies, help.Assistance, added, rate.PerHour, rate.Low, rate.High, notCounted);
    }
}

/// <param name="Hour">By the museum's clock, 0 to 23.</param>
internal sealed record SafetyHour(
    int Hour,
    long Emergencies,
    long Assistance,
    IReadOnlyList<AddedCalls> Added,
    double OpenHours,
    double? PerOpenHour
)
{
    public static SafetyHour Of(int hour, HelpCount help, IReadOnlyList<AddedCalls> added, double openHours) =>
        new(hour, help.Emergencies, help.Assistance, added, openHours, PoissonRate.Of(help.Presses, openHours).PerHour);
}

internal sealed record SafetyHeat(
    string Floor,
    int Hour,
    long Presses,
    double OpenHours,
    double? PerOpenHour,
    double? Low,
    double? High
)
{
    public static SafetyHeat Of(string floor, int hour, HelpCount help, double openHours, int together)
    {
        var rate = PoissonRate.Of(help.Presses, openHours, together);
        return new(floor, hour, help.Presses, openHours, rate.PerHour, rate.Low, rate.High);
    }
}

/// <summary>When to be where.</summary>
/// <param name="TooLittle">Why nothing is suggested for any floor or hour; null if something can be.</param>
internal sealed record PatrolsView(
    Period Period,
    string Method,
    IReadOnlyList<PatrolWalk> Walks,
    IReadOnlyList<PatrolWalk> Quiet,
    string? TooLittle
);
