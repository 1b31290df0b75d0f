using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Numbers.Presses;

/// <summary>Single presses, a page at a time. The hourly counts say which hours hold a page of them, so that the
/// database reads only those hours, however many years it holds.</summary>
internal sealed class PressReader(IEvents events)
{
    /// <exception cref="TransientException">The database cannot be read just now.</exception>
    public async Task<PressPage> ReadAsync(
        Selection selection,
        PressQuery query,
        EventKey? after,
        int most,
        CancellationToken cancel
    )
    {
        var cards = CardsOf(selection);
        var counted = query.HoursOf(selection);
        var total = counted.Values.Sum();
        var notKept = await TakeRetiredAsync(counted, query, [.. cards.Keys], cancel);
        List<(DateTime Hour, long Presses)> hours = [.. counted.Select(hour => (hour.Key, hour.Value))];
        // One more than wanted shows that there is more.
        var wanted = most + 1;
        List<EventRow> rows = [];
        var place = 0;
        while (place < hours.Count && hours[place].Hour.AddHours(1) <= after?.At.UtcDateTime)
            place++;
        while (place < hours.Count && rows.Count < wanted)
        {
            var from = hours[place].Hour;
            var until = RunOf(selection, hours, ref place, wanted - rows.Count);
            rows.AddRange(
                await events.ListAsync(
                    new EventFilter(
                        query.Kind,
                        new DateTimeOffset(from, TimeSpan.Zero),
                        new DateTimeOffset(until, TimeSpan.Zero),
                        [.. cards.Keys],
                        query.Values,
                        after,
                        wanted - rows.Count,
                        selection.ExcludeRepeats ? Repeats.Within : null
                    ),
                    cancel
                )
            );
        }

        return new(
            [.. rows.Take(most).Select(row => new Press(row, Exh.Of(cards[row.ExhibitionId])))],
            total,
            rows.Count > most ? new EventKey(rows[most - 1].At, rows[most - 1].Id) : null,
            notKept
        );
    }

    /// <summary>A page of these calls for help, in the order of their times.</summary>
    /// <exception cref="TransientException">The database cannot be read just now.</exception>
    public async Task<PressPage> FindAsync(
        Selection selection,
        IEnumerable<HelpResponse> calls,
        EventKey? after,
        int most,
        CancellationToken cancel
    )
    {
        var cards = CardsOf(selection);
        List<EventKey> all = [.. calls.Select(call => new EventKey(call.At, call.Id)).OrderBy(key => (key.At, key.Id))];
        List<EventKey> left =
        [
            .. all.Where(key => after is not { } last || (key.At, key.Id).CompareTo((last.At, last.Id)) > 0),
        ];
        List<EventKey> page = [.. left.Take(most)];
        var rows = await events.FindAsync(PressKind.Support, [.. page.Select(key => key.Id)], cancel);
        var places = page.Select((key, place) => (key.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place);
        return new(
            [.. rows.OrderBy(row => places[row.Id]).Select(row => new Press(row, Exh.Of(cards[row.ExhibitionId])))],
            all.Count,
            left.Count > most ? page[^1] : null,
            0
        );
    }

    private static Dictionary<int, ExhibitionCard> CardsOf(Selection selection) =>
        selection.Exhibitions.Select(exhibition => exhibition.Card).ToDictionary(card => card.Id);

    /// <summary>Takes what is not kept out of these hours, and returns how many presses that are.</summary>
    private async Task<long> TakeRetiredAsync(
        SortedDictionary<DateTime, long> hours,
        PressQuery query,
        IReadOnlyList<int> exhibitions,
        CancellationToken cancel
    )
    {
        if (hours.Count == 0)
            return 0;
        var gone = 0L;
        var retired = await events.RetiredAsync(
            query.Kind,
            new DateTimeOffset(hours.First().Key, TimeSpan.Zero),
            new DateTimeOffset(hours.Last().Key.AddHours(1), TimeSpan.Zero),
            exhibitions,
            query.Values,
            cancel
        );
        foreach (var (hour, presses) in retired)
        {
            if (!hours.TryGetValue(hour.UtcDateTime, out var counted))
                continue;
            gone += Math.Min(counted, presses);
            if (counted > presses)
                hours[hour.UtcDateTime] = counted - presses;
            else
                hours.Remove(hour.UtcDateTime);
        }

        return gone;
    }

    /// <summary>The end of a run of hours that holds as many presses as are missing. Of some hours of the day alone, other
    /// hours lie between them.</summary>
    private static DateTime RunOf(
        Selection selection,
        List<(DateTime Hour, long Presses)> hours,
        ref int place,
        int missing
    )
    {
        var until = hours[place].Hour;
        for (var presses = 0L; place < hours.Count && presses < missing; place++)
        {
            if (selection.Hours is not null && hours[place].Hour != until)
                break;
            presses += hours[place].Presses;
            until = hours[place].Hour.AddHours(1);
        }

        return until;
    }
}

/// <param name="Total">How many there are on all pages, and how many are not kept.</param>
/// <param name="Last">Where the next page continues; null if there is none.</param>
/// <param name="NotKept">How many are counted, and no longer kept as rows.</param>
internal sealed record PressPage(IReadOnlyList<Press> Presses, long Total, EventKey? Last, long NotKept);

internal sealed record Press(EventRow Row, Exh Exhibition);
