using System.Runtime.InteropServices;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>All counts at one instant. Immutable, so anybody may keep it.</summary>
internal sealed record CubeState(IReadOnlyList<MuseumCube> Museums, long LookedAt)
{
    /// <summary>By code, in any letter case; null if there is none.</summary>
    public MuseumCube? Find(string code) =>
        Museums.FirstOrDefault(m => string.Equals(m.Museum.Code, code, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The hourly counts of all museums in memory. When asked, and at most once a second, it checks whether the
/// ledger changed. Streams add to the last days, so only those are read again; the ledger's sums then tell whether that
/// was everything. After any other change everything is read again.</summary>
internal sealed class HourCube(ICounts counts, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recent = TimeSpan.FromHours(48);
    private readonly SemaphoreSlim gate = new(1);
    private volatile CubeState? state;

    /// <summary>The current counts, at most a second old.</summary>
    /// <exception cref="TransientException">The database cannot be read now.</exception>
    public async ValueTask<CubeState> CurrentAsync(CancellationToken cancel)
    {
        if (state is { } known && IsFresh(known))
            return known;
        await gate.WaitAsync(cancel);
        try
        {
            if (state is { } newer && IsFresh(newer))
                return newer;
            var lookedAt = clock.GetTimestamp();
            var catalogue = await counts.CatalogueAsync(cancel);
            var museums = new List<MuseumCube>(catalogue.Museums.Count);
            foreach (var museum in catalogue.Museums)
                museums.Add(await LookAsync(museum, catalogue, cancel));
            return state = new CubeState(museums, lookedAt);
        }
        finally
        {
            gate.Release();
        }
    }

    private bool IsFresh(CubeState known) => clock.GetElapsedTime(known.LookedAt) < Freshness;

    private async Task<MuseumCube> LookAsync(Museum museum, Catalogue catalogue, CancellationToken cancel)
    {
        var ledger = catalogue.Ledgers.FirstOrDefault(l => l.MuseumId == museum.Id) ?? MuseumLedger.Empty(museum.Id);
        List<ExhibitionCard> cards = [.. catalogue.Exhibitions.Where(e => e.MuseumId == museum.Id)];
        var known = state?.Museums.FirstOrDefault(m =>
            m.Museum.Id == museum.Id && m.Museum.TimeZone == museum.TimeZone && m.Buttons == catalogue.Buttons
        );
        if (
            known is null
            || !cards.Select(c => c.Id).ToHashSet().IsSupersetOf(known.Exhibitions.Select(e => e.Card.Id))
        )
            return await ReadAllAsync(museum, cards, catalogue.Buttons, cancel);
        if (known.Ledger == ledger)
            return Renamed(known, museum, cards);
        return known.Ledger.Files == ledger.Files && known.NewestHour is { } newest
            ? await ReadRecentAsync(Renamed(known, museum, cards), newest - Recent, cancel)
            : await ReadAllAsync(museum, cards, catalogue.Buttons, cancel);
    }

    /// <summary>The same counts with the current names of museum and exhibitions.</summary>
    private static MuseumCube Renamed(MuseumCube known, Museum museum, List<ExhibitionCard> cards)
    {
        if (known.Museum == museum && known.Exhibitions.Select(e => e.Card).SequenceEqual(cards))
            return known;
        var cells = known.Exhibitions.ToDictionary(e => e.Card.Id, e => e);
        return known with
        {
            Museum = museum,
            Exhibitions =
            [
                .. cards.Select(card => new ExhibitionHours(
                    card,
                    cells.TryGetValue(card.Id, out var e) ? e.Cells.ToArray() : []
                )),
            ],
        };
    }

    private async Task<MuseumCube> ReadAllAsync(
        Museum museum,
        List<ExhibitionCard> cards,
        KioskButtons buttons,
        CancellationToken cancel
    )
    {
        var zone = TimeZones.Find(museum.TimeZone);
        var reading = await counts.HourlyAsync(museum.Id, null, cancel);
        var cells = Cells(reading.Rows, zone, buttons);
        return new MuseumCube(
            museum,
            zone,
            buttons,
            reading.Ledger,
            [.. cards.Select(card => new ExhibitionHours(card, [.. cells[card.Id]]))],
            reading.First,
            reading.Last
        );
    }

    private async Task<MuseumCube> ReadRecentAsync(MuseumCube known, DateTime from, CancellationToken cancel)
    {
        var reading = await counts.HourlyAsync(known.Museum.Id, new DateTimeOffset(from, TimeSpan.Zero), cancel);
        var recent = Cells(reading.Rows, known.Zone, known.Buttons);
        var next = known with
        {
            Ledger = reading.Ledger,
            Exhibitions =
            [
                .. known.Exhibitions.Select(e => new ExhibitionHours(
                    e.Card,
                    [.. Before(e, from), .. recent[e.Card.Id]]
                )),
            ],
            LastPress = reading.Last ?? known.LastPress,
        };
        return next.Agrees
            ? next
            : await ReadAllAsync(known.Museum, [.. known.Exhibitions.Select(e => e.Card)], known.Buttons, cancel);
    }

    private static ReadOnlySpan<HourCell> Before(ExhibitionHours exhibition, DateTime hour)
    {
        var end = exhibition.Cells.Length;
        while (end > 0 && exhibition.Cells[end - 1].Hour >= hour)
            end--;
        return exhibition.Cells[..end];
    }

    /// <summary>One cell for each exhibition and hour, in order.</summary>
    private static ILookup<int, HourCell> Cells(IReadOnlyList<HourlyRow> rows, TimeZoneInfo zone, KioskButtons buttons)
    {
        var cells = new Dictionary<(int Exhibition, DateTimeOffset Hour), HourCell>();
        foreach (var row in rows)
        {
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(
                cells,
                (row.ExhibitionId, row.Hour),
                out var known
            );
            if (!known)
                cell = Empty(row.Hour, zone, buttons);
            var index = row.Kind is PressKind.Rating ? row.Value : buttons.IndexOf(row.Value);
            (row.Kind is PressKind.Rating ? cell.Ratings : cell.Calls)[index] += checked((int)row.Presses);
        }

        return cells.OrderBy(pair => pair.Key.Hour).ToLookup(pair => pair.Key.Exhibition, pair => pair.Value);
    }

    private static HourCell Empty(DateTimeOffset hour, TimeZoneInfo zone, KioskButtons buttons)
    {
        var (day, local) = Days.HourOf(zone, hour);
        return new HourCell(hour.UtcDateTime, day, local, new int[buttons.Best + 1], new int[buttons.Support.Count]);
    }

    public void Dispose() => gate.Dispose();
}
