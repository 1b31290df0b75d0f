using System.Collections.Concurrent;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.DataHealth;

/// <summary>The instant of each exhibition's newest press. The hourly counts give its hour; the instant is read from
/// the events of that hour alone, and again only when the hour's counts change.</summary>
internal sealed class LastPresses(ICounts counts)
{
    private readonly ConcurrentDictionary<int, (HourCell Cell, DateTimeOffset At)> known = new();

    /// <summary>By exhibition, without those that were never heard from.</summary>
    public async Task<IReadOnlyDictionary<int, DateTimeOffset>> OfAsync(MuseumCube cube, CancellationToken cancel)
    {
        var newest = cube.Exhibitions.Where(e => !e.Cells.IsEmpty).ToDictionary(e => e.Card.Id, e => e.Cells[^1]);
        var unknown = newest
            .Where(pair => !known.TryGetValue(pair.Key, out var seen) || seen.Cell != pair.Value)
            .ToList();
        foreach (var hour in unknown.GroupBy(pair => pair.Value.Hour))
        {
            var wanted = hour.ToDictionary();
            foreach (
                var (exhibition, at) in await counts.LastPressesAsync(
                    cube.Museum.Id,
                    new DateTimeOffset(hour.Key, TimeSpan.Zero),
                    cancel
                )
            )
            {
                if (wanted.TryGetValue(exhibition, out var cell))
                    known[exhibition] = (cell, at);
            }
        }

        return newest.Keys.Where(known.ContainsKey).ToDictionary(id => id, id => known[id].At);
    }
}
