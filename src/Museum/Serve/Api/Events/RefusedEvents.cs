using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Which refused records of a selection.</summary>
internal sealed record RefusedEventsQuery
{
    [FromQuery(Name = "reason"), Description("Only records refused for this.")]
    public string? Reason { get; init; }

    [FromQuery(Name = "site"), Description("Only records of this site, as it was sent.")]
    public string? Site { get; init; }

    [FromQuery(Name = "help"), Description("true: only what may be a call for help.")]
    public string? Help { get; init; }

    [FromQuery(Name = "cursor"), Description("Goes on where a page ended: its next.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("The most to return: 50 by default, at most 500.")]
    public string? Limit { get; init; }
}

/// <summary>Refused records that are held, newest first.</summary>
/// <param name="Total">How many there are: those on all pages, and those that are not kept.</param>
/// <param name="NotKept">How many of them are no longer kept (museum db retain): they are on no page.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
internal sealed record RefusedEvents(
    Period Period,
    long Total,
    IReadOnlyList<RefusedRecord> Events,
    string? Next,
    long NotKept
)
{
    private const int UsualRows = 50,
        MostRows = 500;

    public static async Task<RefusedEvents> ReadAsync(
        ViewQuery view,
        RefusedEventsQuery query,
        Selection selection,
        RefusedDays days,
        IQuarantine quarantine,
        CancellationToken cancel
    )
    {
        var (reason, help, most) = (
            Query.Reason(query.Reason),
            Query.Flag("help", query.Help),
            Query.Limit(query.Limit, UsualRows, MostRows)
        );
        // A record without an exhibition belongs to the museum, but to none of its parts, not even to the only one.
        var mine = selection.Exhibitions.Select(e => e.Card.Id).ToHashSet();
        var everything = mine.Count == selection.Cube.Exhibitions.Count && view.Exhibition is not { Length: > 0 };
        var total = (await days.OfAsync(selection, cancel))
            .Where(r => r.ExhibitionId is { } id ? mine.Contains(id) : everything)
            .Where(r => (reason is null || r.Reason == reason) && (!help || r.PossibleHelp))
            .Where(r => query.Site is null || r.Site == query.Site)
            .Sum(r => r.Count);
        var museum = selection.Cube.Museum;
        var filter = new RefusalFilter(
            museum.Id,
            most + 1,
            Query.Id("cursor", query.Cursor),
            reason,
            query.Site,
            PossibleHelpOnly: help,
            Days: selection.Range == "all" ? null : new(selection.From, selection.To, museum.TimeZone),
            Exhibitions: everything ? null : [.. mine]
        );
        var kept = await quarantine.CountAsync(filter, cancel);
        var rows = RefusedRecord.Of(await quarantine.NewestAsync(filter, cancel), selection.Cube);
        return new(
            Period.Of(selection, selection.OpenHours()),
            total,
            [.. rows.Take(most)],
            rows.Count > most ? rows[most - 1].Id : null,
            Math.Max(0, total - kept)
        );
    }
}
