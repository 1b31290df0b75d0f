using System.Collections.Concurrent;
using System.Threading.Channels;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>Presses of the same button of the same exhibition within five seconds of the one before: a child playing,
/// or a button that sticks. They stay in the database and in every number until a request leaves them out. Read from
/// the events day by day, and cached as long as the day's counts stay the same.</summary>
internal sealed class Repeats(ICounts counts)
{
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    /// <summary>How many days are read at a time in the background.</summary>
    private const int Step = 28;

    private readonly ConcurrentDictionary<(int Museum, DateOnly Day), DayRepeats> known = new();
    private readonly Channel<(MuseumCube Cube, DateOnly From, DateOnly To)> wanted = Channel.CreateBounded<(
        MuseumCube,
        DateOnly,
        DateOnly
    )>(new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The repeats read so far, without waiting: what is missing or has changed is read in the background, for
    /// the next request. False if some of these days have never been read.</summary>
    public (IReadOnlyList<RepeatRow> Rows, bool Complete) SoFar(MuseumCube cube, DateOnly from, DateOnly to)
    {
        var prints = Fingerprints(cube, from, to);
        if (Missing(cube.Museum.Id, prints).Count > 0)
            wanted.Writer.TryWrite((cube, from, to));
        var days = prints.Keys.Select(day => known.GetValueOrDefault((cube.Museum.Id, day))).ToList();
        return ([.. days.OfType<DayRepeats>().SelectMany(day => day.Rows)], !days.Contains(null));
    }

    /// <summary>Reads what was requested without waiting, one after another, until it is cancelled.</summary>
    public async Task ReadWantedAsync(CancellationToken cancel)
    {
        await foreach (var (cube, from, to) in wanted.Reader.ReadAllAsync(cancel))
        {
            try
            {
                // Newest first, in steps that can be seen.
                for (var last = to; last >= from; last = last.AddDays(-Step))
                    await OfAsync(cube, Selection.Later(from, last.AddDays(1 - Step)), last, cancel);
            }
            catch (Exception e) when (e is TransientException or MuseumException)
            {
                // Whoever still wants it asks again.
            }
        }
    }

    /// <summary>The repeats of these days, both inclusive, without hours that have none.</summary>
    public async Task<IReadOnlyList<RepeatRow>> OfAsync(
        MuseumCube cube,
        DateOnly from,
        DateOnly to,
        CancellationToken cancel
    )
    {
        var prints = Fingerprints(cube, from, to);
        foreach (var (first, last) in Missing(cube.Museum.Id, prints))
            await ReadAsync(cube, first, last, prints, cancel);
        return [.. prints.Keys.SelectMany(day => known[(cube.Museum.Id, day)].Rows)];
    }

    /// <summary>The same museum without the repeats of these days.</summary>
    public async Task<MuseumCube> WithoutAsync(
        MuseumCube cube,
        IEnumerable<(DateOnly From, DateOnly To)> days,
        CancellationToken cancel
    )
    {
        var rows = new HashSet<RepeatRow>();
        foreach (var (from, to) in days)
            rows.UnionWith(await OfAsync(cube, from, to, cancel));
        return Without(cube, rows);
    }

    /// <summary>The same with the repeats already known, at once; false if some are not.</summary>
    public (MuseumCube Cube, bool Complete) WithoutSoFar(
        MuseumCube cube,
        IEnumerable<(DateOnly From, DateOnly To)> days
    )
    {
        var rows = new HashSet<RepeatRow>();
        var all = true;
        foreach (var (from, to) in days)
        {
            var (some, complete) = SoFar(cube, from, to);
            rows.UnionWith(some);
            all &= complete;
        }

        return (Without(cube, rows), all);
    }

    private static MuseumCube Without(MuseumCube cube, HashSet<RepeatRow> rows)
    {
        if (rows.Count == 0)
            return cube;
        var byExhibition = rows.ToLookup(row => row.ExhibitionId);
        return cube with
        {
            Exhibitions =
            [
                .. cube.Exhibitions.Select(e =>
                    byExhibition.Contains(e.Card.Id) ? Without(e, byExhibition[e.Card.Id], cube.Buttons) : e
                ),
            ],
        };
    }

    private static ExhibitionHours Without(
        ExhibitionHours exhibition,
        IEnumerable<RepeatRow> repeats,
        KioskButtons buttons
    )
    {
        var cells = exhibition.Cells.ToArray();
        var places = new Dictionary<DateTime, int>(cells.Length);
        for (var place = 0; place < cells.Length; place++)
            places[cells[place].Hour] = place;
        foreach (var repeat in repeats)
        {
            if (!places.TryGetValue(repeat.Hour.UtcDateTime, out var place))
                continue;
            ref var cell = ref cells[place];
            var presses = (int)repeat.Presses;
            var index = repeat.Kind is PressKind.Rating ? repeat.Value : buttons.IndexOf(repeat.Value);
            cell = cell.Without(repeat.Kind, index, presses);
        }

        return new ExhibitionHours(exhibition.Card, cells);
    }

    /// <summary>One number for each day with presses, which changes when any of its counts changes.</summary>
    private static SortedDictionary<DateOnly, int> Fingerprints(MuseumCube cube, DateOnly from, DateOnly to)
    {
        var prints = new SortedDictionary<DateOnly, int>();
        foreach (var exhibition in cube.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(from, to))
                prints[cell.Day] = HashCode.Combine(prints.GetValueOrDefault(cell.Day), exhibition.Card.Id, cell.Print);
        }

        return prints;
    }

    /// <summary>Ranges of days that must be read.</summary>
    private List<(DateOnly First, DateOnly Last)> Missing(int museumId, SortedDictionary<DateOnly, int> prints)
    {
        var stretches = new List<(DateOnly First, DateOnly Last)>();
        var open = false;
        foreach (var (day, print) in prints)
        {
            if (known.TryGetValue((museumId, day), out var repeats) && repeats.Print == print)
                open = false;
            else if (open)
                stretches[^1] = (stretches[^1].First, day);
            else
            {
                stretches.Add((day, day));
                open = true;
            }
        }

        return stretches;
    }

    private async Task ReadAsync(
        MuseumCube cube,
        DateOnly first,
        DateOnly last,
        SortedDictionary<DateOnly, int> prints,
        CancellationToken cancel
    )
    {
        var rows = await counts.RepeatsAsync(
            cube.Museum.Id,
            Days.Midnight(cube.Zone, first),
            Days.Midnight(cube.Zone, last.AddDays(1)),
            Within,
            cancel
        );
        var byDay = rows.ToLookup(row => cube.DayOf(row.Hour));
        foreach (var (day, print) in prints.Where(p => p.Key >= first && p.Key <= last))
            known[(cube.Museum.Id, day)] = new(print, [.. byDay[day]]);
    }

    private sealed record DayRepeats(int Print, RepeatRow[] Rows);
}
