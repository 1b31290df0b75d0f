using MuseumPipeline.Model;
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
        var hours = query.HoursOf(selection);
        var cards = selection.Exhibitions.Select(exhibition => exhibition.Card).ToDictionary(card => card.Id);
        // One more than wanted shows that there is more.
        var wanted = most + 1;
        List<EventRow> rows = [];
        var place = 0;
        while (place < hours.Count && hours[place].Hour.AddHours(1) <= after?.At.UtcDateTime)
            place++;
        while (place < hours.Count && rows.Count < wanted)
        {
            var from = hours[place].Hour;
            var until = RunOf(query, hours, ref place, wanted - rows.Count);
            rows.AddRange(
                await events.ListAsync(
                    new EventFilter(
                        query.Kind,
                        new DateTimeOffset(from, TimeSpan.Zero),
                        new DateTimeOffset(until, TimeSpan.Zero),
                        [.. cards.Keys],
                        query.Values,
                        after,
                        wanted - rows.Count
                    ),
                    cancel
                )
            );
        }

        return new(
            [.. rows.Take(most).Select(row => new Press(row, Exh.Of(cards[row.ExhibitionId])))],
            hours.Sum(hour => hour.Presses),
            rows.Count > most ? new EventKey(rows[most - 1].At, rows[most - 1].Id) : null
        );
    }

    /// <summary>The end of a run of hours that holds as many presses as are missing.</summary>
    private static DateTime RunOf(
        PressQuery query,
        IReadOnlyList<(DateTime Hour, long Presses)> hours,
        ref int place,
        int missing
    )
    {
        var until = hours[place].Hour;
        for (var presses = 0L; place < hours.Count && presses < missing; place++)
        {
            if (query.IsOfSomeHours && hours[place].Hour != until)
                break;
            presses += hours[place].Presses;
            until = hours[place].Hour.AddHours(1);
        }

        return until;
    }
}

/// <param name="Total">How many there are on all pages.</param>
/// <param name="Last">Where the next page continues; null if there is none.</param>
internal sealed record PressPage(IReadOnlyList<Press> Presses, long Total, EventKey? Last);

internal sealed record Press(EventRow Row, Exh Exhibition);
