using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.DataHealth;

/// <summary>A period's held refusals, and why. The names and their order are a contract.</summary>
/// <param name="Read">Presses that count, and those that are held.</param>
/// <param name="Sites">As they were sent, at most <see cref="MostSites"/> of them: a stranger may send any
/// number.</param>
internal sealed record RefusedView(
    Period Period,
    long Read,
    long Quarantined,
    double Share,
    IReadOnlyList<RefusedReason> Reasons,
    IReadOnlyList<RefusedSite> Sites
)
{
    public const int MostSites = 100;

    public static RefusedView Of(Selection selection, IReadOnlyList<RefusedCount> refused)
    {
        var mine = selection.Exhibitions.ToDictionary(e => e.Card.Id, e => e.Card);
        var everything = mine.Count == selection.Cube.Exhibitions.Count;
        List<RefusedCount> counts =
        [
            .. refused.Where(r => r.ExhibitionId is { } id ? mine.ContainsKey(id) : everything),
        ];
        var (held, loaded) = (counts.Sum(r => r.Count), 0L);
        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
                loaded += cell.Votes + cell.Help;
        }

        return new(
            Period.Of(selection, selection.OpenHours()),
            loaded + held,
            held,
            held == 0 ? 0 : (double)held / (loaded + held),
            [
                .. counts
                    .GroupBy(r => r.Reason)
                    .Select(r => RefusedReason.Of(r.Key, r, held))
                    .OrderByDescending(r => r.Count)
                    .ThenBy(r => r.Reason, StringComparer.Ordinal),
            ],
            [
                .. counts
                    .GroupBy(r => (r.Site, r.ExhibitionId))
                    .Select(s => RefusedSite.Of(s.Key.Site, s.Key.ExhibitionId is { } id ? Exh.Of(mine[id]) : null, s))
                    .OrderByDescending(s => s.Count)
                    .ThenBy(s => s.Site, StringComparer.Ordinal)
                    .Take(MostSites),
            ]
        );
    }
}

/// <param name="Share">Share of everything held.</param>
/// <param name="PossibleHelp">How many of them may be calls for help.</param>
internal sealed record RefusedReason(string Reason, string Meaning, long Count, double Share, long PossibleHelp)
{
    public static RefusedReason Of(Reason reason, IEnumerable<RefusedCount> counts, long all)
    {
        List<RefusedCount> some = [.. counts];
        var count = some.Sum(r => r.Count);
        return new(
            reason.Code(),
            ReasonMeanings.Of(reason),
            count,
            (double)count / all,
            some.Where(r => r.PossibleHelp).Sum(r => r.Count)
        );
    }
}

/// <param name="Site">Null if it could not be read.</param>
/// <param name="Reasons">Counts by code.</param>
internal sealed record RefusedSite(string? Site, Exh? Exhibition, long Count, SortedDictionary<string, long> Reasons)
{
    public static RefusedSite Of(string? site, Exh? exhibition, IEnumerable<RefusedCount> counts)
    {
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var count in counts)
            reasons[count.Reason.Code()] = reasons.GetValueOrDefault(count.Reason.Code()) + count.Count;
        return new(site, exhibition, reasons.Values.Sum(), reasons);
    }
}
