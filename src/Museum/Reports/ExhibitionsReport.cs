using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Reports;

/// <summary>The week on one sheet for the exhibitions manager: what visitors liked, and what changed.</summary>
internal sealed class ExhibitionsReport(ReportWeek week, Selection selection, RatingsView ratings, BusiestView busiest)
{
    private const int MostExhibitions = 10,
        MostGroups = 8;
    private static readonly string[] Weekdays =
    [
        "",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];

    private readonly List<RatingRow> ranked =
    [
        .. ratings
            .Exhibitions.OrderBy(e => e.Rank ?? int.MaxValue)
            .ThenByDescending(e => e.Votes)
            .ThenBy(e => e.PublicId, StringComparer.Ordinal),
    ];

    private const string Title = "What visitors liked",
        Reader = "For exhibitions";

    public string Page() =>
        ReportPage.Heard(selection, selection.From, selection.To)
            ? Full()
            : ReportPage.Nothing(Title, Reader, week, selection);

    private string Full() =>
        ReportPage.Of(
            Title,
            Reader,
            week,
            selection,
            Markup.Of(
                $"""
                <p class="lead">{Lead()}</p>
                {Figures()}
                <section><h2>Exhibitions in order, from {Worst.Value} ({Worst.Name.ToLowerInvariant()}) to {Best.Value} ({Best.Name.ToLowerInvariant()})</h2>{Ranking()}</section>
                <div class="three"><section><h2>When visitors vote: votes by weekday and hour, shaded by votes per opening hour</h2>{Heat()}</section>
                <section><h2>By floor</h2>{Groups(ratings.Floors, "Floor", "floor")}</section>
                <section><h2>By department</h2>{Groups(ratings.Departments, "Department", "department")}</section></div>
                """
            ),
            Markup.Of(
                $"""
                Means have 95 % intervals (empirical likelihood) and are ranked after being drawn towards the museum's own, the more so the fewer votes there are. Under 20 votes, or with an interval wider than a point, nothing is said.
                A change against the week before, or the usual, is named where its 95 % interval leaves out zero and it is at least 0.05. Usual: the same weekdays and hours of the eight weeks before.
                """
            )
        );

    private Markup Lead()
    {
        List<RatingRow> placed = [.. ranked.Where(e => e.Rank is not null)];
        if (placed.Count == 0)
            return Markup.Of(
                $"{(ratings.Total.Votes == 0 ? $"No vote was recorded this week{SoFar}." : $"There are too few votes this week{SoFar} to rank any exhibition.")}"
            );
        var (first, last) = (placed[0], placed[^1]);
        var onTarget = placed.Count(e => e.Status is RatingStatus.OnTarget);
        var end =
            placed.Count > 1 ? Markup.Of($" {Name(last.Name)} comes last with {last.Mean ?? 0:0.00}.") : Markup.Of($"");
        return Markup.Of(
            $"""
            {Name(first.Name)} leads{SoFar}{(SoFar == "" ? "" : ",")} with {first.Mean
                ?? 0:0.00} of {Best.Value}, from {first.Votes:#,0} votes.{end} Of {placed.Count} {(
                placed.Count == 1 ? "exhibition" : "exhibitions"
            )} with enough votes {onTarget}
            {(onTarget == 1 ? "reaches" : "reach")} the target of {ratings.Target.Mean:0.00}. {ReportPage.DaysHeard(
                selection
            )} {Changes()} {Rush()} {Silent()}
            """
        );
    }

    private string SoFar => ReportPage.Until(selection) is { } until ? $" so far, until {until}" : "";

    private string Changes()
    {
        if (ratings.Previous is not { Votes: > 0 })
            return "Nothing was recorded in the week before, so there is nothing to compare with.";
        var better = ranked.Where(e => e.Previous?.Verdict is Verdict.Better).Select(e => Name(e.Name)).ToList();
        var worse = ranked.Where(e => e.Previous?.Verdict is Verdict.Worse).Select(e => Name(e.Name)).ToList();
        if (better.Count + worse.Count == 0)
            return "None clearly changed compared with the week before.";
        return string.Join("; ", new[] { Say(better, "better"), Say(worse, "worse") }.Where(text => text.Length > 0))
            + " than the week before.";

        static string Say(List<string> names, string word) =>
            names.Count switch
            {
                0 => "",
                1 => $"{names[0]} did {word}",
                2 => $"{names[0]} and {names[1]} did {word}",
                _ => FormattableString.Invariant($"{names[0]} and {names.Count - 1} others did {word}"),
            };
    }

    private string Rush() =>
        busiest.Cells.Where(c => c.PerOpenHour is not null && c.OpenHours >= 0.5).MaxBy(c => c.PerOpenHour)
            is { Votes: > 0 } top
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Visitors voted most on {Weekdays[top.Weekday]} from {top.Hour:00} to {top.Hour + 1:00} h "
                    + $"({top.Votes:#,0} votes)."
            )
            : "";

    private string Silent()
    {
        List<string> silent = [.. ranked.Where(e => e.Votes == 0).Select(e => Name(e.Name))];
        return silent.Count switch
        {
            0 => "",
            1 => $"Nothing was heard of {silent[0]}.",
            2 => $"Nothing was heard of {silent[0]} and {silent[1]}.",
            var n => FormattableString.Invariant($"Nothing was heard of {n} exhibitions."),
        };
    }

    /// <summary>With the opening hours of both: the days so far have fewer votes than a whole week, whatever visitors
    /// think.</summary>
    private string VotesBefore()
    {
        if (ratings.Previous is not { Votes: > 0 } before || selection.Previous is not { } days)
            return "none in the week before";
        var hours = OpenHours.Of(selection.Cube, days.From, days.To, selection.Now).Total;
        return FormattableString.Invariant(
            $"in {ratings.Period.OpenHours:0.#} opening hours; {before.Votes:#,0} in {hours:0.#} in the week before"
        );
    }

    private Markup Figures()
    {
        var total = ratings.Total;
        return Markup.Of(
            $"""
            <div class="figures">
            <div><span class="name">Mean of all votes</span><b>{Mean(total.Mean)}</b><span>{Mean(total.Low)} to {Mean(
                total.High
            )}; {(
                ratings.Previous is { Mean: { } before }
                    ? FormattableString.Invariant($"{before:0.00} in the week before")
                    : "no week before"
            )}</span></div>
            <div><span class="name">Votes{(
                SoFar == "" ? "" : " so far"
            )}</span><b>{total.Votes:#,0}</b><span>{VotesBefore()}</span></div>
            {Both(total, ratings.Buttons[^1], ratings.Buttons[^2])}
            {Both(total, ratings.Buttons[0], ratings.Buttons[1])}
            </div>
            """
        );
    }

    private RatingButton Best => ratings.Buttons[^1];

    private RatingButton Worst => ratings.Buttons[0];

    /// <summary>Two buttons at one end of the scale.</summary>
    private static Markup Both(Score total, RatingButton end, RatingButton next) =>
        Markup.Of(
            $"""
            <div><span class="name">{end.Name} or {next.Name.ToLowerInvariant()}</span><b>{Share(
                total.Distribution[end.Value] + total.Distribution[next.Value],
                total.Votes
            )}</b><span>of all votes were {Math.Min(end.Value, next.Value)} or {Math.Max(end.Value, next.Value)}</span></div>
            """
        );

    private Markup Ranking() =>
        Markup.Of(
            $"""
            <table><thead><tr><th></th><th>Exhibition</th><th>Floor</th><th class="n">Votes</th><th class="n">Mean</th><th style="width:27mm">Interval, and target</th><th style="width:27mm">{Worst.Name} to {Best.Name.ToLowerInvariant()}</th><th>Before</th><th>Usual</th><th>Target</th></tr></thead><tbody>
            {Markup.All(ranked.Take(MostExhibitions).Select(Row))}
            </tbody></table>{ReportPage.More(ranked.Count - MostExhibitions, "exhibition")}
            """
        );

    private Markup Row(RatingRow e) =>
        Markup.Of(
            $"""
            <tr><td class="n">{(
                e.Rank is { } rank ? FormattableString.Invariant($"{rank}") : "–"
            )}</td><td class="one">{e.Name}</td><td class="few">{e.Floor}</td><td class="n">{e.Votes:#,0}</td><td class="n"><b>{Mean(
                e.Mean
            )}</b></td><td>{Charts.Interval(e.Mean, e.Low, e.High, Best.Value, ratings.Target.Mean)}</td><td>{Charts.Shares(
                e.Distribution
            )}</td>{Against(e.Previous)}{Against(e.Usual)}<td class="{(
                e.Status is RatingStatus.OnTarget ? "better"
                : e.Status is RatingStatus.BelowTarget ? "worse"
                : "muted"
            )}">{Word(e.Status)}</td></tr>
            """
        );

    private static Markup Against(RatingChange? change) =>
        change switch
        {
            { Verdict: Verdict.Better, Change: { } by } => Markup.Of($"<td class=\"better\">▲ {by:+0.00}</td>"),
            { Verdict: Verdict.Worse, Change: { } by } => Markup.Of($"<td class=\"worse\">▼ {by:0.00}</td>"),
            { Verdict: Verdict.NoClearChange } => Markup.Of($"<td class=\"muted\">unclear</td>"),
            null or { Votes: 0 } => Markup.Of($"<td class=\"muted\">–</td>"),
            _ => Markup.Of($"<td class=\"muted\">too few</td>"),
        };

    private static string Word(RatingStatus status) =>
        status switch
        {
            RatingStatus.OnTarget => "on target",
            RatingStatus.NearTarget => "near target",
            RatingStatus.BelowTarget => "below target",
            RatingStatus.NotEnoughData => "too few votes",
            _ => "no data",
        };

    private Markup Heat()
    {
        var columns = HourColumn.Of(selection.OpenHours(), selection.Cube.Museum);
        var cells = busiest.Cells.Where(cell => cell.OpenHours > 0).ToLookup(cell => Weekdays[cell.Weekday]);
        return Charts.Heat(
            Weekdays[1..],
            [.. columns.Select(column => column.Label)],
            (day, at) =>
            {
                var mine = cells[day].Where(cell => columns[at].Hours.Contains(cell.Hour)).ToList();
                var votes = mine.Sum(cell => cell.Votes);
                return (votes, mine.Count == 0 ? null : votes / mine.Sum(cell => cell.OpenHours));
            },
            "Votes by weekday and hour"
        );
    }

    /// <summary>The best ones; the others are in the dashboard.</summary>
    private static Markup Groups(IReadOnlyList<NamedScore> groups, string title, string what) =>
        Markup.Of(
            $"""
        <table><thead><tr><th>{title}</th><th class="n">Votes</th><th class="n">Mean</th></tr></thead><tbody>{Markup.All(groups.OrderByDescending(g => g.Mean ?? -1).ThenBy(g => g.Name, StringComparer.Ordinal).Take(MostGroups).Select(g => Markup.Of($"""
        <tr><td class="one" style="max-width:28mm">{g.Name}</td><td class="n">{g.Votes:#,0}</td><td class="n">{Mean(g.Mean)}</td></tr>
        """)))}</tbody></table>{ReportPage.More(groups.Count - MostGroups, what)}
        """
        );

    private static string Name(string name) => SafeText.Cut(name, 32);

    private static string Mean(double? mean) => mean is { } m ? FormattableString.Invariant($"{m:0.00}") : "–";

    private static string Share(long part, long all) =>
        all == 0 ? "–" : FormattableString.Invariant($"{100.0 * part / all:0} %");
}
