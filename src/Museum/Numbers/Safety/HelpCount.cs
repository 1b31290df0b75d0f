using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>Presses of the help buttons. Rates are of assistance and emergencies, whatever their names; added kinds are
/// shown under their own names.</summary>
/// <param name="Emergencies">Including added kinds that are emergencies.</param>
/// <param name="Calls">By kind, in the order of the kinds; null for none.</param>
internal readonly record struct HelpCount(long Emergencies, long Assistance, long[]? Calls)
{
    public long Presses => Emergencies + Assistance;

    private static HelpCount Of(in HourCell cell, KioskButtons buttons)
    {
        long emergencies = 0,
            assistance = 0;
        var calls = new long[cell.Calls.Length];
        for (var kind = 0; kind < calls.Length; kind++)
        {
            calls[kind] = cell.Calls[kind];
            if (buttons.Support[kind].Alarms)
                emergencies += calls[kind];
            else if (buttons.Support[kind].Value == PressType.Assistance)
                assistance += calls[kind];
        }

        return new(emergencies, assistance, calls);
    }

    public static HelpCount operator +(HelpCount a, HelpCount b) =>
        new(
            a.Emergencies + b.Emergencies,
            a.Assistance + b.Assistance,
            a.Calls is null ? b.Calls
                : b.Calls is null ? a.Calls
                : [.. a.Calls.Zip(b.Calls, (x, y) => x + y)]
        );

    public static HelpCount Add(HelpCount left, HelpCount right) => left + right;

    /// <summary>The selected days and exhibitions, in groups.</summary>
    public static Dictionary<TKey, HelpCount> By<TKey>(Selection selection, Func<ExhibitionCard, HourCell, TKey> key)
        where TKey : notnull => By(selection, selection.From, selection.To, key);

    public static Dictionary<TKey, HelpCount> By<TKey>(
        Selection selection,
        DateOnly from,
        DateOnly to,
        Func<ExhibitionCard, HourCell, TKey> key
    )
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, HelpCount>();
        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(from, to))
            {
                if (cell.Help == 0)
                    continue;
                var group = key(exhibition.Card, cell);
                sums[group] = sums.GetValueOrDefault(group) + Of(cell, selection.Cube.Buttons);
            }
        }

        return sums;
    }
}

/// <summary>Calls of a kind that the museum added.</summary>
/// <param name="Value">As the kiosk sends it.</param>
/// <param name="Emergency">It is also an emergency, and counted with those.</param>
internal sealed record AddedCalls(int Value, string Name, bool Emergency, long Presses)
{
    public static IReadOnlyList<AddedCalls> Of(HelpCount count, KioskButtons buttons) =>
        [
            .. buttons.Added.Select(type => new AddedCalls(
                type.Value,
                type.Description,
                type.Alarms,
                count.Calls?[buttons.IndexOf(type.Value)] ?? 0
            )),
        ];
}
