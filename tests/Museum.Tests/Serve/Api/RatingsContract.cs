using System.Globalization;
using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteRatingsTests() : RatingsContract(TestStore.SqliteAsync);

public sealed class PostgresRatingsTests(PostgresServer server)
    : RatingsContract(() => TestStore.PostgresAsync(server));

/// <summary>A day's history through the API, compared with SQL over the events; the hourly tables play no part in what
/// is expected.</summary>
public abstract class RatingsContract(Func<Task<TestStore>> create) : ApiContract(create)
{
    /// <summary>Votes, their sum, and how many there are of each value, by whatever <paramref name="by"/>
    /// says.</summary>
    private Task<List<string>> ExpectedAsync(string by, string where = "1 = 1") =>
        Database.QueryAsync(
            $"""
            select {by}, count(*), sum(t.rating_type_value), sum(case rating_type_value when 0 then 1 else 0 end), sum(case rating_type_value when 1 then 1 else 0 end),
                   sum(case rating_type_value when 2 then 1 else 0 end), sum(case rating_type_value when 3 then 1 else 0 end), sum(case rating_type_value when 4 then 1 else 0 end)
            from rating_instance i join rating_type t on t.rating_type_id = i.rating_type_id join exhibition e on e.exhibition_id = i.exhibition_id
            join floor f on f.floor_id = e.floor_id join department d on d.department_id = e.department_id
            where {where} group by 1 order by 1
            """
        );

    private static string Line(string name, JsonElement score)
    {
        var counts = score.GetProperty("distribution").EnumerateArray().Select(n => n.GetInt64()).ToList();
        var votes = score.GetProperty("votes").GetInt64();
        var sum = Math.Round(score.GetProperty("mean").GetDouble() * votes, 6);
        return string.Join(
            '|',
            [name, $"{votes}", sum.ToString(CultureInfo.InvariantCulture), .. counts.Select(n => $"{n}")]
        );
    }

    private static IEnumerable<string> Lines(JsonElement view, string list, string name) =>
        view.GetProperty(list)
            .EnumerateArray()
            .Where(row => row.GetProperty("votes").GetInt64() > 0)
            .Select(row => Line(row.GetProperty(name).GetString()!, row))
            .Order(StringComparer.Ordinal);

    [Theory]
    [InlineData("range=all")]
    [InlineData("range=28d")]
    [InlineData("")]
    [InlineData("from=2023-03-06&to=2023-03-06")]
    public async Task Every_number_of_the_ratings_equals_a_query_over_the_events(string query)
    {
        var view = await AskAsync($"ratings?{query}");

        Assert.Equal(
            (await ExpectedAsync("e.public_id")).Order(StringComparer.Ordinal),
            Lines(view, "exhibitions", "publicId")
        );
        Assert.Equal(
            (await ExpectedAsync("d.department_name")).Order(StringComparer.Ordinal),
            Lines(view, "departments", "name")
        );
        Assert.Equal((await ExpectedAsync("f.floor")).Order(StringComparer.Ordinal), Lines(view, "floors", "name"));
        Assert.Equal(await ExpectedAsync("'all'"), [Line("all", view.GetProperty("total"))]);
    }

    [Fact]
    public async Task Whales_lead_rubbish_trails_and_footprints_have_no_data_rather_than_nothing()
    {
        var view = await AskAsync("ratings?range=28d");
        var rows = view.GetProperty("exhibitions")
            .EnumerateArray()
            .ToDictionary(row => row.GetProperty("name").GetString()!);

        var whales = rows["Voices of the Deep"];
        Assert.Equal(
            ("3", 1, "on-target", Samples.Mean(3)),
            (Text(whales, "site"), whales.GetProperty("rank").GetInt32(), Text(whales, "status"), Mean(whales))
        );
        // A day without any press is one without data: only the sixth of March counts.
        Assert.Equal(Samples.Number("votes-3") / 9.5, whales.GetProperty("votesPerOpenHour").GetDouble(), 1e-9);
        var rubbish = rows["What We Threw Away"];
        Assert.Equal(
            ("4", 5, "below-target", Samples.Mean(4)),
            (Text(rubbish, "site"), rubbish.GetProperty("rank").GetInt32(), Text(rubbish, "status"), Mean(rubbish))
        );
        var footprints = rows["First Footprints"];
        Assert.Equal((0, "no-data"), (footprints.GetProperty("votes").GetInt64(), Text(footprints, "status")));
        foreach (var name in (string[])["mean", "low", "high", "shrunk", "rank"])
            Assert.Equal(JsonValueKind.Null, footprints.GetProperty(name).ValueKind);
        Assert.Equal(
            JsonValueKind.Null,
            rows["First Footprints"].GetProperty("previous").GetProperty("mean").ValueKind
        );
        Assert.Equal("not-enough-data", Text(rows["Voices of the Deep"].GetProperty("previous"), "verdict"));
        Assert.False(whales.TryGetProperty("score", out _));

        static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
        static string Mean(JsonElement row) =>
            row.GetProperty("mean").GetDouble().ToString("0.00", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_period_says_whose_days_they_are_and_how_long_the_museum_was_open()
    {
        var period = (await AskAsync("ratings?range=7d")).GetProperty("period");
        Assert.Equal(
            """{"museum":"LMNH","timeZone":"Europe/London","from":"2023-03-01","to":"2023-03-07","range":"7d","previousFrom":"2023-02-22","previousTo":"2023-02-28","openHours":9.5,"generatedAt":"2023-03-07T12:45:00Z","asOf":"2023-03-06T18:14:20Z","repeatsPending":false}""",
            period.GetRawText()
        );
        var all = (await AskAsync("ratings?range=all")).GetProperty("period");
        Assert.Equal(
            ("2023-03-06", "2023-03-06", 9.5),
            (
                all.GetProperty("from").GetString(),
                all.GetProperty("to").GetString(),
                all.GetProperty("openHours").GetDouble()
            )
        );
        Assert.Equal(JsonValueKind.Null, all.GetProperty("previousFrom").ValueKind);
    }

    [Fact]
    public async Task The_trend_equals_a_query_by_hour_and_says_nothing_where_nothing_was_heard()
    {
        var view = await AskAsync("ratings/trend?by=hour&from=2023-03-05&to=2023-03-07&exhibition=EXH_03");
        var points = view.GetProperty("points").EnumerateArray().Select(p => p.GetString()!).ToList();
        Assert.Equal(
            ["all", "EXH_03"],
            view.GetProperty("series").EnumerateArray().Select(s => s.GetProperty("publicId").GetString())
        );
        var series = view.GetProperty("series")[1];
        Assert.Equal(series.GetProperty("votes").GetArrayLength(), points.Count);

        // Winter: London's clock is UTC.
        var expected = (
            await Database.QueryAsync(
                """
                select i.rating_created_at, t.rating_type_value from rating_instance i join rating_type t using (rating_type_id) join exhibition e using (exhibition_id) where e.site = '3'
                """
            )
        ).Select(line => line.Split('|')).GroupBy(e => e[0][..13] + ":00").ToDictionary(g => g.Key, g => (Votes: g.Count(), Mean: g.Average(e => double.Parse(e[1], CultureInfo.InvariantCulture))));
        for (var place = 0; place < points.Count; place++)
        {
            if (expected.TryGetValue(points[place], out var hour))
            {
                Assert.Equal(hour.Votes, series.GetProperty("votes")[place].GetInt64());
                Assert.Equal(hour.Mean, series.GetProperty("mean")[place].GetDouble(), 1e-12);
            }
            else
                Assert.Equal(
                    (JsonValueKind.Null, JsonValueKind.Null),
                    (series.GetProperty("votes")[place].ValueKind, series.GetProperty("mean")[place].ValueKind)
                );
        }

        Assert.Superset(expected.Keys.ToHashSet(), points.ToHashSet());
        // Eleven hours a day are touched by 8:45 to 18:15; the last day has come to 12:45.
        Assert.Equal(11 + 11 + 5, points.Count);
        Assert.Equal(
            ["2023-W09", "2023-W10"],
            (await AskAsync("ratings/trend?by=week&from=2023-03-05&to=2023-03-07"))
                .GetProperty("points")
                .EnumerateArray()
                .Select(p => p.GetString())
        );
    }

    [Fact]
    public async Task The_busiest_hours_have_every_vote_and_the_edges_of_the_day_are_quarters_of_an_hour()
    {
        var cells = (await AskAsync("ratings/busiest?range=all")).GetProperty("cells").EnumerateArray().ToList();
        Assert.Equal(Samples.Number("votes"), cells.Sum(c => c.GetProperty("votes").GetInt64()));
        Assert.All(cells, c => Assert.Equal(1, c.GetProperty("weekday").GetInt32()));
        var first = cells[0];
        Assert.Equal((8, 0.25), (first.GetProperty("hour").GetInt32(), first.GetProperty("openHours").GetDouble()));
        Assert.Equal(first.GetProperty("votes").GetInt64() * 4, first.GetProperty("perOpenHour").GetDouble());
        var floor = (await AskAsync("ratings/busiest?range=all&floor=2"))
            .GetProperty("cells")
            .EnumerateArray()
            .Sum(c => c.GetProperty("votes").GetInt64());
        Assert.Equal(await Database.NumberAsync("select count(*) from rating_info where floor = '2'"), floor);
    }

    /// <summary>Found by going through the presses one by one.</summary>
    [Fact]
    public async Task Repeats_within_five_seconds_are_left_out_on_request_and_only_then()
    {
        var presses = (
            await Database.QueryAsync(
                "select exhibition_id, rating_type_id, rating_created_at from rating_instance order by 1, 2, 3"
            )
        )
            .Select(line => line.Split('|'))
            .ToList();
        var repeats = presses
            .Zip(presses.Skip(1))
            .Count(pair =>
                pair.First[0] == pair.Second[0]
                && pair.First[1] == pair.Second[1]
                && At(pair.Second) - At(pair.First) <= TimeSpan.FromSeconds(5)
            );
        Assert.Equal(Samples.Number("repeats"), repeats);

        Assert.Equal(Samples.Number("votes") - repeats, Votes(await AskAsync("ratings?range=all&excludeRepeats=true")));
        Assert.Equal(Samples.Number("votes") - repeats, Votes(await AskAsync("ratings?range=28d&excludeRepeats=true")));

        // Without waiting: what is known so far, and whether that is all of it.
        JsonElement soFar;
        do soFar = await AskAsync("ratings?range=all&excludeRepeats=true&wait=false");
        while (soFar.GetProperty("period").GetProperty("repeatsPending").GetBoolean());
        Assert.Equal(Samples.Number("votes") - repeats, Votes(soFar));
        Assert.Equal(Samples.Number("votes"), Votes(await AskAsync("ratings?range=all&excludeRepeats=false")));
        Assert.Equal(Samples.Number("votes"), await Database.NumberAsync("select count(*) from rating_instance"));

        static DateTimeOffset At(string[] press) => DateTimeOffset.Parse(press[2], CultureInfo.InvariantCulture);
        static long Votes(JsonElement view) => view.GetProperty("total").GetProperty("votes").GetInt64();
    }

    /// <summary>Before the doors open yesterday can be compared with, but there is nothing to compare.</summary>
    [Fact]
    public async Task A_day_without_votes_after_one_with_votes_has_nulls_and_not_nothing_at_all()
    {
        var view = await AskAsync("ratings?range=today");
        Assert.Equal(
            (0, Samples.Number("votes")),
            (
                view.GetProperty("total").GetProperty("votes").GetInt64(),
                view.GetProperty("previous").GetProperty("votes").GetInt64()
            )
        );
        var whales = view.GetProperty("exhibitions")[3];
        Assert.Equal(
            (JsonValueKind.Null, "no-data", Samples.Number("votes-3")),
            (
                whales.GetProperty("mean").ValueKind,
                whales.GetProperty("status").GetString(),
                whales.GetProperty("previous").GetProperty("votes").GetInt64()
            )
        );
        Assert.Equal(
            (0, JsonValueKind.Null),
            (
                whales.GetProperty("usual").GetProperty("votes").GetInt64(),
                whales.GetProperty("usual").GetProperty("mean").ValueKind
            )
        );
    }

    [Fact]
    public async Task Filters_change_which_numbers_are_seen_and_not_the_numbers()
    {
        var all = (await AskAsync("ratings?range=all"))
            .GetProperty("exhibitions")
            .EnumerateArray()
            .ToDictionary(e => e.GetProperty("publicId").GetString()!);
        var zoology = await AskAsync("ratings?range=all&department=Zoology&floor=1&floor=2");
        var rows = zoology.GetProperty("exhibitions").EnumerateArray().ToList();
        Assert.Equal(["EXH_02", "EXH_03"], rows.Select(r => r.GetProperty("publicId").GetString()));
        Assert.All(
            rows,
            row =>
                Assert.Equal(
                    all[row.GetProperty("publicId").GetString()!].GetProperty("shrunk").GetDouble(),
                    row.GetProperty("shrunk").GetDouble()
                )
        );
        Assert.Equal(
            Samples.Number("votes-2") + Samples.Number("votes-3"),
            zoology.GetProperty("total").GetProperty("votes").GetInt64()
        );
    }

    [Fact]
    public async Task The_museums_are_listed_with_what_there_is_of_them()
    {
        var museum = (await AskAsync("museums")).GetProperty("museums")[0];
        Assert.Equal(
            ("LMNH", "08:45", "18:15"),
            (
                museum.GetProperty("code").GetString(),
                museum.GetProperty("opens").GetString(),
                museum.GetProperty("closes").GetString()
            )
        );
        Assert.Equal(
            (Samples.Instant("first"), Samples.Instant("last")),
            (museum.GetProperty("firstPress").GetString(), museum.GetProperty("lastPress").GetString())
        );
        Assert.Equal(
            """{"publicId":"EXH_03","site":"3","name":"Voices of the Deep","floor":"1","department":"Zoology","startDate":"2019-08-05"}""",
            museum.GetProperty("exhibitions")[3].GetRawText()
        );
    }
}
