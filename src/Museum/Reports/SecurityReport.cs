using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Reports;

/// <summary>The week on one sheet for the head of security: the calls for help, how soon somebody came, where to be
/// when.</summary>
/// <param name="selection">The week.</param>
/// <param name="now">The week's numbers.</param>
/// <param name="before">Those of the week before.</param>
internal sealed class SecurityReport(ReportWeek week, Selection selection, SafetyView now, SafetyView before)
{
    private const string Title = "Calls for help",
        Reader = "For security";
    private const int MostFloors = 6,
        MostExhibitions = 11,
        MostWalks = 7;

    private readonly long presses = now.Totals.Emergencies + now.Totals.Assistance;
    private readonly long pressesBefore = before.Totals.Emergencies + before.Totals.Assistance;

    /// <summary>Presses of help buttons that are counted nowhere: they are calls all the same.</summary>
    private readonly long apart =
        now.Totals.NotCounted.Unreadable + now.Totals.NotCounted.OutOfHours + now.Totals.NotCounted.Other;

    public string Page() => Heard(now) || apart > 0 ? Full() : ReportPage.Nothing(Title, Reader, week, selection);

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
                <div class="two"><section><h2>Where and when: presses by floor and hour, shaded by presses per opening hour</h2>{Heat()}</section>
                <section><h2>Where patrols should be</h2>{Patrols()}</section></div>
                <section><h2>By exhibition, calls per opening hour against the week before</h2>{Exhibitions()}</section>
                <div class="two even"><section><h2>How soon somebody came</h2>{Response()}</section>
                <section><h2>What was not readable</h2>{NotCounted()}</section></div>
                """
            ),
            Markup.Of(
                $"""
                Rates are presses per opening hour with exact 95 % Poisson intervals. A change is named where the exact conditional test gives less than 5 in 100. A patrol is suggested where the 99 % interval of a
                floor and hour lies above the average, with 5 presses on 3 days; the interval is drawn towards what floor and hour suggest.
                """
            )
        );

    private Markup Lead()
    {
        if (presses == 0)
            return Markup.Of($"{Quiet()}{Added()} {ReportPage.DaysHeard(selection)} {Against()}");
        var emergencies = now.Totals.Emergencies switch
        {
            0 => "none of them an emergency",
            1 => "one of them an emergency",
            var n => FormattableString.Invariant($"{n} of them emergencies"),
        };
        var (busiest, floor) = (
            now.Exhibitions.MaxBy(e => e.Emergencies + e.Assistance)!,
            now.Floors.MaxBy(f => f.Emergencies + f.Assistance)!
        );
        List<SafetyExhibition> where = [.. now.Exhibitions.Where(e => e.Emergencies > 0)];
        var places = where.Count switch
        {
            0 => "",
            1 => FormattableString.Invariant($" at {Name(where[0].Name)}, floor {Name(where[0].Floor)}"),
            _ => FormattableString.Invariant($" at {where.Count} exhibitions"),
        };
        return Markup.Of(
            $"""
            Visitors called for help {Times(presses)}{SoFar}, {emergencies}{places}. Most calls came from {Name(
                busiest.Name
            )} ({busiest.Emergencies + busiest.Assistance}) and from floor {Name(floor.Name)}
            ({floor.Emergencies + floor.Assistance}).{Added()} {ReportPage.DaysHeard(selection)} {Against()} {Answered()}
            """
        );
    }

    /// <summary>Kinds of help that the museum added, under their own names.</summary>
    private string Added() =>
        string.Concat(
            now.Totals.Added.Where(kind => kind.Presses > 0)
                .Select(kind => FormattableString.Invariant($" {Name(kind.Name)}: {kind.Presses}."))
        );

    private string SoFar => ReportPage.Until(selection) is { } until ? $" so far, until {until}" : "";

    private string Quiet() =>
        (Heard(now), apart) switch
        {
            (true, 0) => $"Nobody called for help this week{SoFar}.",
            (true, _) => FormattableString.Invariant(
                $"No call for help was counted this week{SoFar}, but {apart} could not be: see the foot of the page."
            ),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing that can be counted was recorded in this week{SoFar}, but {apart} calls for help that "
                    + $"cannot be were: see the foot of the page."
            ),
        };

    /// <summary>Rates are compared: a week that is not over, or was not fully recorded, always has fewer
    /// calls.</summary>
    private string Against()
    {
        if (pressesBefore == 0 && !Heard(before))
            return "Nothing at all was recorded in the week before, so there is nothing to compare with.";
        var change = RateChange.Of(presses, now.Period.OpenHours, pressesBefore, before.Period.OpenHours);
        var verdict = change is "more" or "fewer" ? $"clearly {change} now" : change;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The week before had {pressesBefore:#,0}. By the opening hour: {verdict}, "
                + $"{Rate(now.Totals.PerOpenHour)} against {Rate(before.Totals.PerOpenHour)}."
        );
    }

    private bool Heard(SafetyView view) => ReportPage.Heard(selection, view.Period.From, view.Period.To);

    private string Answered() =>
        now.Response switch
        {
            { Answered: 0, Unanswered: 0 } => "None came live, so nobody could answer.",
            { MedianSeconds: { } median } r => string.Create(
                CultureInfo.InvariantCulture,
                $"Of {r.Answered + r.Unanswered} live calls {r.Answered} were answered, half of them within "
                    + $"{Duration(median)}."
            ),
            var r => FormattableString.Invariant($"Of {r.Unanswered} live calls none was answered."),
        };

    private Markup Figures()
    {
        var rate = PoissonRate.Of(presses, now.Period.OpenHours);
        var live = now.Response.Answered + now.Response.Unanswered;
        return Markup.Of(
            $"""
            <div class="figures">
            <div><span class="name">Calls for help{(
                SoFar == "" ? "" : " so far"
            )}</span><b>{presses:#,0}</b><span>in {now.Period.OpenHours:0.#} opening hours; {(
                Heard(before)
                    ? FormattableString.Invariant(
                        $"{pressesBefore:#,0} in {before.Period.OpenHours:0.#} in the week before"
                    )
                    : "nothing recorded in the week before"
            )}</span></div>
            <div><span class="name">{Name(now.Totals.Names.Emergencies)}</span><b{(
                now.Totals.Emergencies > 0 ? Markup.Of($" class=\"alert\"") : Markup.Of($"")
            )}>{now.Totals.Emergencies}</b><span>{(
                Heard(before)
                    ? FormattableString.Invariant($"{before.Totals.Emergencies} in the week before")
                    : "nothing recorded in the week before"
            )}</span></div>
            <div><span class="name">Per opening hour</span><b>{Rate(rate.PerHour)}</b><span>{Rate(rate.Low)} to {Rate(
                rate.High
            )}; {(
                Heard(before) ? $"{Rate(before.Totals.PerOpenHour)} in the week before" : "no week before"
            )}</span></div>
            <div><span class="name">Median response</span><b>{(
                now.Response.MedianSeconds is { } median ? Duration(median) : "–"
            )}</b><span>{(
                live == 0
                    ? "no live calls"
                    : FormattableString.Invariant($"{now.Response.Answered} of {live} live calls answered")
            )}</span></div>
            </div>
            """
        );
    }

    private Markup Heat()
    {
        // A quarter of an hour is part of the hour beside it, as on the page: alone its rate would be mostly luck.
        var columns = HourColumn.Of(selection.OpenHours(), selection.Cube.Museum);
        var cells = now.Heat.Where(cell => cell.OpenHours > 0).ToLookup(cell => cell.Floor);
        List<string> floors =
        [
            .. now
                .Floors.OrderByDescending(f => f.Emergencies + f.Assistance)
                .ThenBy(f => f.Name, StringComparer.Ordinal)
                .Take(MostFloors)
                .Select(f => f.Name)
                .Order(StringComparer.Ordinal),
        ];
        var closed = now.Heat.Where(cell => cell.OpenHours <= 0).Sum(cell => cell.Presses);
        return Markup.Of(
            $"""
            {Charts.Heat(
                floors,
                [.. columns.Select(column => column.Label)],
                (floor, at) =>
                {
                    var mine = cells[floor].Where(cell => columns[at].Hours.Contains(cell.Hour)).ToList();
                    var presses = mine.Sum(cell => cell.Presses);
                    return (presses, mine.Count == 0 ? null : presses / mine.Sum(cell => cell.OpenHours));
                },
                "Presses by floor and hour",
                "floor "
            )}
            {ReportPage.More(now.Floors.Count - floors.Count, "floor")}
            {(
                closed == 0
                    ? Markup.Of($"")
                    : Markup.Of($"<p class=\"muted\">{closed:#,0} while the museum was closed: in no cell, and in no rate.</p>")
            )}
            """
        );
    }

    private Markup Patrols()
    {
        var plan = Numbers.Safety.Patrols.Of(selection);
        var columns = HourColumn.Of(selection.OpenHours(), selection.Cube.Museum);
        if (plan.Walks.Count > 0)
        {
            return Markup.Of(
                $"""
                <table><thead><tr><th>Hour</th><th>Floor</th><th class="n">Calls an hour</th><th class="n">at least</th></tr></thead><tbody>{Markup.All(plan.Walks.OrderByDescending(w => w.Low).Take(MostWalks).OrderBy(w => w.Hour).ThenByDescending(w => w.PerOpenHour).Select(w => Markup.Of($"""
                <tr><td>{columns.First(c => c.Hour == w.Hour).Name}</td><td class="few">{w.Floor}</td><td class="n">{Rate(w.PerOpenHour)}</td><td class="n">{Rate(w.Low)}</td></tr>
                """)))}</tbody></table>{ReportPage.More(plan.Walks.Count - MostWalks, "walk")}
                """
            );
        }

        var busiest = now
            .Heat.Where(c => c.OpenHours > 0)
            .GroupBy(c => (c.Floor, Column: columns.First(column => column.Hours.Contains(c.Hour))))
            .Select(g => (g.Key.Floor, g.Key.Column, Rate: g.Sum(c => c.Presses) / g.Sum(c => c.OpenHours)))
            .Where(c => c.Rate > 0)
            .OrderByDescending(c => c.Rate)
            .ThenBy(c => c.Column.Hour)
            .Take(4)
            .ToList();
        var why =
            plan.TooLittle is not null || plan.Quiet.Any(c => c.Verdict is PatrolVerdict.TooLittleData)
                ? "This week has too few calls, or too few days with calls, for a pattern."
                : "No floor is clearly busier at any hour than the rest.";
        return busiest.Count == 0
            ? Markup.Of($"<p class=\"muted\">There were no calls.</p>")
            : Markup.Of(
                $"""
                <p class="muted">{why} The busiest so far, not a suggestion yet:</p>
                <table style="margin-top:1.4mm"><thead><tr><th>Hour</th><th>Floor</th><th class="n">Calls an hour</th></tr></thead><tbody>{Markup.All(busiest.Select(c => Markup.Of($"""
                <tr><td>{c.Column.Name}</td><td class="few">{c.Floor}</td><td class="n">{Rate(c.Rate)}</td></tr>
                """)))}</tbody></table>
                """
            );
    }

    private Markup Exhibitions()
    {
        var earlier = before.Exhibitions.ToDictionary(e => e.PublicId);
        List<SafetyExhibition> rows =
        [
            .. now
                .Exhibitions.OrderByDescending(e => e.Emergencies + e.Assistance)
                .ThenBy(e => e.PublicId, StringComparer.Ordinal)
                .Take(MostExhibitions),
        ];
        var most = rows.Select(e => e.High ?? 0).DefaultIfEmpty(0).Max();
        return Markup.Of(
            $"""
            <table><thead><tr><th>Exhibition</th><th>Floor</th><th class="n">{Name(
                now.Totals.Names.Emergencies
            )}</th><th class="n">{Name(
                now.Totals.Names.Assistance
            )}</th><th class="n">Per opening hour</th><th style="width:30mm">With its interval</th><th class="n">Per hour before</th><th class="n">Calls before</th><th>Change</th></tr></thead><tbody>
            {Markup.All(rows.Select(e => Row(e, earlier[e.PublicId], most)))}
            </tbody></table>{ReportPage.More(now.Exhibitions.Count - rows.Count, "exhibition")}
            """
        );
    }

    private Markup Row(SafetyExhibition e, SafetyExhibition earlier, double most)
    {
        var (calls, callsBefore) = (e.Emergencies + e.Assistance, earlier.Emergencies + earlier.Assistance);
        var change = Heard(before)
            ? RateChange.Of(calls, now.Period.OpenHours, callsBefore, before.Period.OpenHours)
            : "";
        return Markup.Of(
            $"""
            <tr><td class="one">{e.Name}</td><td class="few">{e.Floor}</td><td class="n{(
                e.Emergencies > 0 ? " alert" : ""
            )}">{e.Emergencies}</td><td class="n">{e.Assistance}</td><td class="n">{Rate(
                e.PerOpenHour
            )}</td><td>{Charts.Interval(e.PerOpenHour, e.Low, e.High, most)}</td><td class="n">{(
                Heard(before) ? Rate(earlier.PerOpenHour) : "–"
            )}</td><td class="n">{(
                Heard(before) ? FormattableString.Invariant($"{callsBefore}") : "–"
            )}</td><td class="{(change is "more" or "fewer" ? change : "muted")}">{change}</td></tr>
            """
        );
    }

    private Markup Response()
    {
        if (presses == 0 && now.Response.Answered + now.Response.Unanswered == 0)
            return Markup.Of($"<p class=\"muted\">There was no call to answer.</p>");
        if (now.Response.Answered + now.Response.Unanswered == 0)
            return Markup.Of(
                $"<p class=\"muted\">Calls of this week came from files, not live: nobody could acknowledge them, "
                    + $"so there is no response to measure.</p>"
            );
        return Markup.Of(
            $"""
            <table><thead><tr><th></th><th class="n">Answered</th><th class="n">Unanswered</th><th class="n">Median</th><th class="n">9 of 10 within</th></tr></thead><tbody>
            {Line("This week", now.Response)}{Line("The week before", before.Response)}
            </tbody></table>
            """
        );

        static Markup Line(string name, ResponseTimes r) =>
            Markup.Of(
                $"""
                <tr><td>{name}</td><td class="n">{r.Answered}</td><td class="n">{r.Unanswered}</td><td class="n">{(
                    r.MedianSeconds is { } m ? Duration(m) : "–"
                )}</td><td class="n">{(r.P90Seconds is { } p ? Duration(p) : "–")}</td></tr>
                """
            );
    }

    private Markup NotCounted()
    {
        var (unreadable, night, other) = now.Totals.NotCounted;
        if (apart == 0)
            return Markup.Of(
                $"<p class=\"muted\">{(presses == 0 ? "Nothing." : "Nothing: every press of a help button could be read, and is counted above.")}</p>"
            );
        return Markup.Of(
            $"""
            <table><tbody><tr><td>Help, but which kind could not be read</td><td class="n">{unreadable}</td></tr><tr><td>Pressed while the museum was closed</td><td class="n">{night}</td></tr><tr><td>Time or exhibition could not be read</td><td class="n">{other}</td></tr></tbody></table>
            <p class="muted">These were shown as calls, and are in no other number on this page.</p>
            """
        );
    }

    private static string Name(string name) => SafeText.Cut(name, 32);

    private static string Times(long count) => count == 1 ? "once" : FormattableString.Invariant($"{count:#,0} times");

    private static string Rate(double? rate) =>
        rate switch
        {
            null => "–",
            0 => "0",
            < 0.095 => FormattableString.Invariant($"{rate:0.000}"),
            < 9.995 => FormattableString.Invariant($"{rate:0.00}"),
            < 99.95 => FormattableString.Invariant($"{rate:0.0}"),
            _ => FormattableString.Invariant($"{rate:#,0}"),
        };

    private static string Duration(double seconds) =>
        seconds switch
        {
            < 99.5 => FormattableString.Invariant($"{seconds:0} s"),
            < 5970 => FormattableString.Invariant($"{seconds / 60:0.#} min"),
            _ => FormattableString.Invariant($"{seconds / 3600:#,0.#} h"),
        };
}
