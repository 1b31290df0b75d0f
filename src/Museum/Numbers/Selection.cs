using System.Globalization;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>Whose presses, and on which days.</summary>
/// <param name="From">The first of the museum's own days.</param>
/// <param name="To">The last one, inclusive.</param>
/// <param name="Range">As requested: today, 7d, 28d, all or custom.</param>
/// <param name="Previous">The same number of days right before; null if the range is everything.</param>
/// <param name="Exhibitions">Those requested, in the order of their public ids.</param>
/// <param name="Now">When it was requested.</param>
/// <param name="RepeatsPending">Some repeats that were to be left out are not yet known, and still included.</param>
/// <param name="Hours">Only presses in these hours; null: in all.</param>
/// <param name="Whole">The presses of all hours, where only some are selected: they tell on which days the museum was
/// heard.</param>
internal sealed record Selection(
    MuseumCube Cube,
    DateOnly From,
    DateOnly To,
    string Range,
    (DateOnly From, DateOnly To)? Previous,
    IReadOnlyList<ExhibitionHours> Exhibitions,
    bool ExcludeRepeats,
    bool Wait,
    DateTimeOffset Now,
    bool RepeatsPending = false,
    HoursFilter? Hours = null,
    MuseumCube? Whole = null
)
{
    private const string Ranges = "today, 7d, 28d or all";
    private const string Iso = "yyyy-MM-dd";

    /// <summary>Within the calendar of either database, with room for calculations around a day.</summary>
    private static readonly DateOnly FirstDay = new(1900, 1, 1),
        LastDay = new(2999, 12, 31);

    /// <summary>Ten years: a longer range is a typing error.</summary>
    private const int MostDays = 3_660;

    /// <summary>How many changes are shown side by side: for each exhibition of the museum against the period before,
    /// its usual and its launch. Counted over all of them, so that a filter changes which are shown but not what is
    /// said of them.</summary>
    public int Comparisons => Math.Max(1, Cube.Exhibitions.Count * (Previous is null ? 1 : 3));

    public OpenHours OpenHours() => OpenHours(From, To);

    /// <summary>Of other days, and the same hours.</summary>
    public OpenHours OpenHours(DateOnly from, DateOnly to)
    {
        var open = Numbers.OpenHours.Of(Whole ?? Cube, from, to, Now);
        return Hours is null ? open : open.Within(Hours);
    }

    /// <summary>The weeks before the period that define what is usual.</summary>
    public const int UsualDays = 56;

    /// <summary>The first days of an exhibition.</summary>
    public const int LaunchDays = 28;

    /// <summary>The days of refused records: those of the period, and for <c>all</c> no limit. Some have no readable
    /// time, or an impossible one, and are dated outside the range of the presses that count.</summary>
    public (DateOnly From, DateOnly To) Held => Range == "all" ? (DateOnly.MinValue, DateOnly.MaxValue) : (From, To);

    /// <summary>The same selection for other counts of the same museum.</summary>
    public Selection Over(MuseumCube cube)
    {
        var wanted = Exhibitions.Select(e => e.Card.Id).ToHashSet();
        return this with { Cube = cube, Exhibitions = [.. cube.Exhibitions.Where(e => wanted.Contains(e.Card.Id))] };
    }

    /// <summary>Of some hours only, with everything it is compared with.</summary>
    public Selection Within(HoursFilter? some) =>
        some is null
            ? this
            : Over(Cube with { Exhibitions = [.. Cube.Exhibitions.Select(e => e.Within(some))] }) with
            {
                Hours = some,
                Whole = Cube,
            };

    /// <summary>All days that the answer uses: the period, what it is compared with, and the launches.</summary>
    public IEnumerable<(DateOnly From, DateOnly To)> DaysLookedAt()
    {
        var back = Previous is { } previous ? Math.Max(UsualDays, From.DayNumber - previous.From.DayNumber) : 0;
        yield return (From.AddDays(-back), To);
        foreach (
            var start in Exhibitions
                .Select(e => e.Card.StartDate)
                .OfType<DateOnly>()
                .Distinct()
                .Where(start => start < From)
        )
            yield return (start, start.AddDays(LaunchDays - 1));
    }

    /// <exception cref="BadQueryException">Something in the query does not exist.</exception>
    public static Selection Of(ViewQuery query, CubeState state, DateTimeOffset now)
    {
        var cube = MuseumOf(query.Museum, state);
        var (from, to, range) = DaysOf(query, cube, cube.DayOf(now));
        var days = to.DayNumber - from.DayNumber + 1;
        return new Selection(
            cube,
            from,
            to,
            range,
            range == "all" ? null : (from.AddDays(-days), from.AddDays(-1)),
            ExhibitionsOf(query, cube),
            Flag("excludeRepeats", query.ExcludeRepeats, false),
            Flag("wait", query.Wait, true),
            now
        );
    }

    internal static MuseumCube MuseumOf(string? code, CubeState state)
    {
        if (state.Museums.Count == 0)
            throw new BadQueryException(
                "museum",
                code ?? "",
                "a museum, but there is none at all: museum museums add adds one"
            );
        if (string.IsNullOrEmpty(code))
            return state.Museums[0];
        return state.Find(code)
            ?? throw new BadQueryException(
                "museum",
                code,
                $"one of {string.Join(", ", state.Museums.Select(m => m.Museum.Code))}"
            );
    }

    private static (DateOnly From, DateOnly To, string Range) DaysOf(ViewQuery query, MuseumCube cube, DateOnly today)
    {
        if (!string.IsNullOrEmpty(query.From) || !string.IsNullOrEmpty(query.To))
        {
            if (!string.IsNullOrEmpty(query.Range))
                throw new BadQueryException("range", query.Range, "either range, or from and to");
            var (from, to) = (Day("from", query.From), Day("to", query.To));
            if (to < from)
                throw new BadQueryException("to", query.To!, $"a day that is not before from, {query.From}");
            return to.DayNumber - from.DayNumber < MostDays
                ? (from, to, "custom")
                : throw new BadQueryException(
                    "from",
                    query.From!,
                    $"{Text(to.AddDays(1 - MostDays))} or later: at most {MostDays} days, to ({query.To}) included"
                );
        }

        return query.Range switch
        {
            "today" => (today, today, "today"),
            "7d" => (today.AddDays(-6), today, "7d"),
            null or "" or "28d" => (today.AddDays(-27), today, "28d"),
            // To the last day with any data: history that ended long ago is not followed by years of silence. With a
            // stream, to today.
            "all" when cube.FirstPress is { } first => (
                cube.DayOf(first),
                Later(cube.DayOf(cube.LastPress ?? first), cube.Ledger.Streams.Sources > 0 ? today : default),
                "all"
            ),
            "all" => (today, today, "all"),
            var other => throw new BadQueryException("range", other, Ranges),
        };
    }

    internal static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;

    private static DateOnly Day(string parameter, string? text)
    {
        if (!DateOnly.TryParseExact(text, Iso, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw new BadQueryException(parameter, text ?? "", "a day such as 2023-03-06; from and to go together");
        return day >= FirstDay && day <= LastDay
            ? day
            : throw new BadQueryException(parameter, text!, $"a day from {Text(FirstDay)} to {Text(LastDay)}");
    }

    private static string Text(DateOnly day) => day.ToString(Iso, CultureInfo.InvariantCulture);

    internal static int? Number(string parameter, string? text, int least, int most) =>
        text is null or "" ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? number
        : throw new BadQueryException(parameter, text, $"a whole number from {least} to {most}");

    internal static bool Flag(string parameter, string? text, bool otherwise) =>
        text switch
        {
            null or "" => otherwise,
            "false" => false,
            "true" => true,
            _ => throw new BadQueryException(parameter, text, "true or false"),
        };

    private static List<ExhibitionHours> ExhibitionsOf(ViewQuery query, MuseumCube cube)
    {
        var ids = Known("exhibition", query.Exhibition, cube, e => e.PublicId);
        var floors = Known("floor", query.Floor, cube, e => e.Floor);
        var departments = Known("department", query.Department, cube, e => e.Department);
        return
        [
            .. cube.Exhibitions.Where(e =>
                ids(e.Card.PublicId) && floors(e.Card.Floor) && departments(e.Card.Department)
            ),
        ];
    }

    /// <summary>Whether a value is wanted: all are if none is named.</summary>
    private static Func<string, bool> Known(
        string parameter,
        string[]? wanted,
        MuseumCube cube,
        Func<ExhibitionCard, string> of
    )
    {
        if (wanted is not { Length: > 0 })
            return _ => true;
        var there = cube.Exhibitions.Select(e => of(e.Card)).ToHashSet(StringComparer.Ordinal);
        if (Array.Find(wanted, value => !there.Contains(value)) is { } unknown)
            throw new BadQueryException(
                parameter,
                unknown,
                there.Count == 0
                    ? $"none: {cube.Museum.Code} has no exhibition"
                    : $"one of {string.Join(", ", there.Order(StringComparer.Ordinal))}"
            );
        return value => Array.IndexOf(wanted, value) >= 0;
    }
}
