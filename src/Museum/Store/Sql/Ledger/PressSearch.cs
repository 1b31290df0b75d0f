using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Ledger;

/// <summary>Looks for presses by their content. The hourly counts answer first: if an hour has no such press, none of
/// its rows has to be read, and that is nearly always so. Then a few presses are looked up, and only if those are
/// there, all.</summary>
internal sealed class PressSearch(SqlSession session)
{
    private const double Share = 0.9;
    private const int Few = 8;

    public async Task<FoundPresses> FindAsync(IReadOnlyList<KioskEvent> presses, SourceIdentity except)
    {
        var possible = await InKnownHoursAsync(presses);
        if (possible.Count < presses.Count * Share)
            return new(possible.Count, []);
        var few = Enumerable.Range(0, Few).Select(i => possible[i * possible.Count / Few]).Distinct().ToList();
        var probe = await RowsAsync(few, except);
        if (few.Count(press => probe.ContainsKey(Key(press))) < few.Count / 2)
            return new(0, []);
        var found = await RowsAsync(possible, except);
        var hits = possible.Where(press => found.ContainsKey(Key(press))).ToList();
        var sources = hits.SelectMany(press => found[Key(press)].Distinct())
            .GroupBy(source => source)
            // A few genuine duplicates are not a copy.
            .Where(group => group.Count() * 20 >= hits.Count)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Select(group => group.Key)
            .ToList();
        return new(hits.Count, await NamesAsync(sources));
    }

    /// <summary>Those whose hour has presses of the same button in the same place.</summary>
    private async Task<List<KioskEvent>> InKnownHoursAsync(IReadOnlyList<KioskEvent> presses)
    {
        List<KioskEvent> known = [];
        foreach (var kind in presses.GroupBy(press => press.Kind))
        {
            var name = PressTable.Of(kind.Key).Name;
            var hours = await ReadAsync(
                $"select exhibition_id, hour, {name}_type_id from {name}_hourly where hour in ",
                kind.Select(press => Hour(press)).Distinct().Select(session.Dialect.Hour),
                null,
                r => (r.Int(), r.Time(), r.Short())
            );
            var there = hours.ToHashSet();
            known.AddRange(kind.Where(press => there.Contains((press.ExhibitionId, Hour(press), press.TypeId))));
        }

        return known;
    }

    private async Task<Dictionary<(PressKind, int, short, long), List<int>>> RowsAsync(
        List<KioskEvent> presses,
        SourceIdentity except
    )
    {
        Dictionary<(PressKind, int, short, long), List<int>> found = [];
        foreach (var kind in presses.GroupBy(press => press.Kind))
        {
            var (_, name, time) = PressTable.Of(kind.Key);
            var rows = await ReadAsync(
                $"select exhibition_id, {name}_type_id, {time}, source_id from {name}_instance where {time} in ",
                kind.Select(press => (object)Instant(press.At)).Distinct(),
                except,
                r => (r.Int(), r.Short(), r.Time(), r.Int())
            );
            foreach (var (exhibition, type, at, source) in rows)
            {
                var key = (kind.Key, exhibition, type, (at - DateTimeOffset.UnixEpoch).Ticks / 10);
                if (!found.TryGetValue(key, out var sources))
                    found[key] = sources = [];
                sources.Add(source);
            }
        }

        await AddRetiredAsync(found, presses, except);
        return found;
    }

    /// <summary>Those that are no longer in the tables.</summary>
    private async Task AddRetiredAsync(
        Dictionary<(PressKind, int, short, long), List<int>> found,
        List<KioskEvent> presses,
        SourceIdentity except
    )
    {
        var missing = presses.Where(press => !found.ContainsKey(Key(press))).ToList();
        if (missing.Count == 0)
            return;
        var retired = await RetiredContents.FindAsync(session, missing, except);
        foreach (var press in missing.Where(press => retired.Contains(RetiredContents.HashOf(press))))
            found[Key(press)] = [.. retired[RetiredContents.HashOf(press)]];
    }

    private Task<List<T>> ReadAsync<T>(
        string select,
        IEnumerable<object> times,
        SourceIdentity? except,
        Func<Row, T> read
    )
    {
        (string, object?)[] values = [.. times.Select((at, i) => ($"at{i}", (object?)at))];
        var sql = $"{select}({string.Join(", ", values.Select(value => "@" + value.Item1))})";
        return except is null
            ? session.ReadAsync(sql, read, values)
            : session.ReadAsync(
                $"{sql} and source_id not in (select source_id from source where location = @location and name "
                    + $"= @name)",
                read,
                [.. values, ("location", except.Location), ("name", except.Name)]
            );
    }

    private async Task<List<string>> NamesAsync(List<int> sources)
    {
        List<string> names = [];
        foreach (var source in sources)
            names.Add(
                await session.OneAsync(
                    "select location, name from source where source_id = @source",
                    r => $"{r.Text()}/{r.Text()}",
                    ("source", source)
                )
            );
        return names;
    }

    private static (PressKind, int, short, long) Key(in KioskEvent press) =>
        (press.Kind, press.ExhibitionId, press.TypeId, press.At);

    private static DateTimeOffset Instant(long microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);

    private static DateTimeOffset Hour(in KioskEvent press)
    {
        var at = Instant(press.At).UtcTicks;
        return new(at - (at % TimeSpan.TicksPerHour), TimeSpan.Zero);
    }
}
