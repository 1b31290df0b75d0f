using System.Text.Json.Serialization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Statistics;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

internal enum RatingStatus
{
    OnTarget,
    NearTarget,
    BelowTarget,
    NotEnoughData,
    NoData,
}

/// <summary>The result of some votes.</summary>
/// <param name="Low">The 95 % interval of the mean.</param>
/// <param name="Shrunk">The mean drawn towards the museum's, the more so the fewer votes there are.</param>
/// <param name="Enough">Whether there are enough votes to judge.</param>
/// <param name="Distribution">Votes by value, from 0 to the best.</param>
internal record Score(
    long Votes,
    double? Mean,
    double? Low,
    double? High,
    double? Shrunk,
    bool Enough,
    IReadOnlyList<long> Distribution
)
{
    /// <param name="together">How many scores are shown side by side: their intervals hold together.</param>
    public static Score Of(Votes votes, Shrinkage shrinkage, int together = 1)
    {
        var interval = MeanInterval.Of(votes, together);
        return new(
            (long)votes.Count,
            votes.Count > 0 ? votes.Mean : null,
            interval?.Low,
            interval?.High,
            shrinkage.Of(votes),
            MeanChange.IsEnough(votes),
            [.. votes.Counts.ToArray().Select(count => (long)count)]
        );
    }
}

/// <summary>The score of a floor or a department.</summary>
internal sealed record NamedScore(string Name, [property: JsonIgnore] Score Score) : Score(Score);

/// <summary>Compared with another time: its votes and mean, how much the mean changed since, and the 95 % interval of
/// the change.</summary>
internal record RatingChange(long Votes, double? Mean, double? Change, double? Low, double? High, Verdict Verdict)
{
    public static RatingChange Of(Votes now, Votes before, int together = 1)
    {
        var change = MeanChange.Of(now, before, together);
        return new(
            (long)before.Count,
            before.Count > 0 ? before.Mean : null,
            change.Change,
            change.Low,
            change.High,
            change.Verdict
        );
    }
}

/// <summary>Compared with the exhibition's first four weeks.</summary>
internal sealed record LaunchChange(DateOnly Launch, [property: JsonIgnore] RatingChange Since) : RatingChange(Since);

/// <summary>One exhibition.</summary>
/// <param name="Rank">By the shrunk mean, among those with enough votes.</param>
/// <param name="Target">The mean it is held against: its own target, or the museum's.</param>
/// <param name="Usual">Compared with the same weekdays and hours of the eight weeks before.</param>
internal sealed record RatingRow(
    string PublicId,
    string Site,
    string Name,
    string Floor,
    string Department,
    DateOnly? StartDate,
    [property: JsonIgnore] Score Score,
    int? Rank,
    RatingStatus Status,
    double? VotesPerOpenHour,
    RatingChange? Previous,
    RatingChange? Usual,
    LaunchChange? SinceLaunch,
    double Target
) : Score(Score);

/// <summary>A button of the kiosks and its meaning.</summary>
internal sealed record RatingButton(int Value, string Name);

/// <param name="Buttons">The scale, from the worst to the best.</param>
internal sealed record RatingsView(
    Period Period,
    RatingTarget Target,
    IReadOnlyList<RatingButton> Buttons,
    Score Total,
    Score? Previous,
    IReadOnlyList<RatingRow> Exhibitions,
    IReadOnlyList<NamedScore> Departments,
    IReadOnlyList<NamedScore> Floors
);

/// <summary>How visitors rate the exhibitions.</summary>
internal static class Ratings
{
    /// <param name="own">Targets of exhibitions that have one of their own, by their number.</param>
    public static RatingsView Of(Selection selection, RatingTarget target, IReadOnlyDictionary<int, double>? own = null)
    {
        var open = selection.OpenHours();
        var buttons = selection.Cube.Buttons;
        var best = buttons.Best;
        target = target.On(best);
        // Of all exhibitions, so that a filter changes which numbers are shown but not the numbers.
        var shrinkage = Among(selection.Cube, selection.From, selection.To);
        List<(ExhibitionHours Hours, Votes Votes)> voted =
        [
            .. selection.Exhibitions.Select(e => (e, Votes.Of(e.Between(selection.From, selection.To), best))),
        ];
        var rows = voted.ConvertAll(e => RowOf(selection, e.Hours, e.Votes, shrinkage, TargetOf(e.Hours), open));
        return new(
            Period.Of(selection, open),
            target,
            [.. buttons.Ratings.Select(type => new RatingButton(type.Value, type.Description))],
            Score.Of(Sum(voted.Select(e => e.Votes), best), shrinkage),
            selection.Previous is { } p
                ? Score.Of(
                    Sum(selection.Exhibitions.Select(e => Votes.Of(e.Between(p.From, p.To), best)), best),
                    Among(selection.Cube, p.From, p.To)
                )
                : null,
            Ranked(rows),
            Grouped(voted, e => e.Department, shrinkage, Groups(selection.Cube, e => e.Department)),
            Grouped(voted, e => e.Floor, shrinkage, Groups(selection.Cube, e => e.Floor))
        );

        RatingTarget TargetOf(ExhibitionHours exhibition) =>
            own is not null && own.TryGetValue(exhibition.Card.Id, out var mean)
                ? RatingTarget.Of(mean).On(best)
                : target;
    }

    private static Shrinkage Among(MuseumCube cube, DateOnly from, DateOnly to) =>
        Shrinkage.Among(cube.Exhibitions.Select(e => Votes.Of(e.Between(from, to), cube.Buttons.Best)));

    private static Votes Sum(IEnumerable<Votes> votes, int best) =>
        votes.Aggregate(new Votes(new double[best + 1]), Votes.Add);

    private static RatingRow RowOf(
        Selection selection,
        ExhibitionHours exhibition,
        Votes votes,
        Shrinkage shrinkage,
        RatingTarget target,
        OpenHours open
    )
    {
        var card = exhibition.Card;
        // Of all exhibitions, like the shrinkage: a filter changes only which numbers are shown.
        var together = selection.Cube.Exhibitions.Count;
        var score = Score.Of(votes, shrinkage, together);
        var hours =
            card.StartDate is { } start && start > selection.From
                ? selection.OpenHours(start, selection.To).Total
                : open.Total;
        return new(
            card.PublicId,
            card.Site,
            card.Name,
            card.Floor,
            card.Department,
            card.StartDate,
            score,
            null,
            StatusOf(score, target),
            // Votes while the museum is closed are in no rate.
            hours > 0
                ? VotesWhileOpen(selection, exhibition, open) / hours
                : null,
            selection.Previous is { } previous
                ? RatingChange.Of(
                    votes,
                    Votes.Of(exhibition.Between(previous.From, previous.To), selection.Cube.Buttons.Best),
                    selection.Comparisons
                )
                : null,
            selection.Previous is null ? null : UsualRating.Compare(exhibition, selection),
            SinceLaunch(exhibition, votes, selection),
            target.Mean
        );
    }

    private static double VotesWhileOpen(Selection selection, ExhibitionHours exhibition, OpenHours open)
    {
        var votes = 0L;
        foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
        {
            if (open.InHour(cell.LocalHour) > 0)
                votes += cell.Votes;
        }

        return votes;
    }

    private static RatingStatus StatusOf(Score score, RatingTarget target) =>
        score switch
        {
            { Mean: null } => RatingStatus.NoData,
            { Enough: false } => RatingStatus.NotEnoughData,
            { Mean: { } mean } when mean >= target.Mean => RatingStatus.OnTarget,
            { Mean: { } mean } when mean >= target.Near => RatingStatus.NearTarget,
            _ => RatingStatus.BelowTarget,
        };

    /// <summary>Null where nobody knows when it began, the first weeks reach into the period, or nobody voted in
    /// them.</summary>
    private static LaunchChange? SinceLaunch(ExhibitionHours exhibition, Votes votes, Selection selection)
    {
        if (exhibition.Card.StartDate is not { } launch)
            return null;
        var end = launch.AddDays(Selection.LaunchDays - 1);
        if (end >= selection.From)
            return null;
        var first = Votes.Of(exhibition.Between(launch, end), selection.Cube.Buttons.Best);
        return first.Count > 0 ? new(launch, RatingChange.Of(votes, first, selection.Comparisons)) : null;
    }

    /// <summary>In the order of the exhibitions, with each one's rank.</summary>
    private static List<RatingRow> Ranked(List<RatingRow> rows)
    {
        var ranks = rows.Where(row => row.Enough)
            .OrderByDescending(row => row.Shrunk)
            .ThenBy(row => row.PublicId, StringComparer.Ordinal)
            .Select((row, place) => (row.PublicId, Rank: place + 1))
            .ToDictionary(r => r.PublicId, r => r.Rank);
        return rows.ConvertAll(row => row with { Rank = ranks.TryGetValue(row.PublicId, out var rank) ? rank : null });
    }

    private static int Groups(MuseumCube cube, Func<ExhibitionCard, string> by) =>
        cube.Exhibitions.Select(e => by(e.Card)).Distinct(StringComparer.Ordinal).Count();

    private static List<NamedScore> Grouped(
        List<(ExhibitionHours Hours, Votes Votes)> voted,
        Func<ExhibitionCard, string> by,
        Shrinkage shrinkage,
        int together
    ) =>
        [
            .. voted
                .GroupBy(e => by(e.Hours.Card))
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new NamedScore(g.Key, Score.Of(Sum(g.Select(e => e.Votes), 0), shrinkage, together))),
        ];
}
