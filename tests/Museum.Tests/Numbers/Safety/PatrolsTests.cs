using System.Globalization;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Tests.Numbers.Safety;

public sealed class PatrolsTests
{
    private static readonly string[] Floors = ["1", "2", "3", "Vault"];

    /// <summary>Four weeks of four floors from nine to six.</summary>
    private static List<PatrolCell> Museum(Func<string, int, long> presses, int days = 20) =>
        [
            .. Floors.SelectMany(
                _ => Enumerable.Range(9, 9),
                (floor, hour) => new PatrolCell(floor, hour, presses(floor, hour), 28, days)
            ),
        ];

    [Fact]
    public void A_floor_that_has_most_of_its_calls_in_one_hour_is_walked_in_that_hour()
    {
        var plan = Patrols.Of(Museum((floor, hour) => (floor, hour) == ("2", 14) ? 30 : 3), 20);

        var walk = Assert.Single(plan.Walks);
        Assert.Equal(("2", 14, PatrolVerdict.More), (walk.Floor, walk.Hour, walk.Verdict));
        Assert.InRange(walk.PerOpenHour, 15.0 / 28, 30.0 / 28);
        Assert.StartsWith("30 presses on 20 days in 28 opening hours: ", walk.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_suggested_from_noise()
    {
        // The same rate everywhere, five hundred museums: how often is a walk suggested without any real difference?
        var chance = new Random(20230306);
        var (sent, cells) = (0, 0);
        for (var museum = 0; museum < 500; museum++)
        {
            var plan = Patrols.Of(Museum((_, _) => Poisson(chance, 4)), 20);
            sent += plan.Walks.Count;
            cells += 36;
        }

        Assert.InRange((double)sent / cells, 0, 0.01);
    }

    [Fact]
    public void Too_little_data_says_so_and_suggests_nothing()
    {
        var few = Patrols.Of(Museum((floor, hour) => (floor, hour) == ("2", 14) ? 20 : 0), 20);
        var oneDay = Patrols.Of(Museum((floor, hour) => (floor, hour) == ("2", 14) ? 30 : 3, days: 1), 1);
        var stuck = Patrols.Of(
            [
                .. Museum((_, _) => 3)
                    .Select(c => (c.Floor, c.Hour) == ("2", 14) ? c with { Presses = 60, Days = 1 } : c),
            ],
            20
        );
        var nothing = Patrols.Of([], 0);

        Assert.All([few, oneDay, stuck, nothing], plan => Assert.Empty(plan.Walks));
        // Said once, not for every floor at every hour.
        Assert.Empty(few.Quiet.Concat(oneDay.Quiet));
        Assert.Equal(
            "too little data: 135 presses on 1 days in all; 30 on 3 are needed before anything is suggested",
            oneDay.TooLittle
        );
        var cell = Assert.Single(stuck.Quiet, c => c.Verdict is PatrolVerdict.TooLittleData);
        Assert.Equal(
            "too little data: 60 presses on 1 days; it may be a walk, but 5 on 3 are needed to say so",
            cell.Reason
        );
    }

    [Fact]
    public void A_quiet_floor_is_reported_as_such_and_the_day_is_in_order()
    {
        var plan = Patrols.Of(
            Museum(
                (floor, hour) =>
                    floor == "Vault" ? 0
                    : floor == "1" && hour is 11 or 15 ? 40
                    : 12
            ),
            20
        );

        Assert.Equal(
            ["11 1", "15 1"],
            plan.Walks.Select(w => $"{w.Hour.ToString(CultureInfo.InvariantCulture)} {w.Floor}")
        );
        Assert.Equal(9, plan.Quiet.Count(c => c is { Floor: "Vault", Verdict: PatrolVerdict.Fewer }));
        Assert.Equal(plan.Quiet.Select(c => c.Hour).Order(), plan.Quiet.Select(c => c.Hour));
    }

    private static long Poisson(Random chance, double mean)
    {
        var (count, left) = (-1L, 1.0);
        for (var limit = Math.Exp(-mean); left > limit; count++)
            left *= chance.NextDouble();
        return count;
    }
}
