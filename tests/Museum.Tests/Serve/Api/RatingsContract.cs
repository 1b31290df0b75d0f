using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Serve;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteRatingsTests() : RatingsContract(TestStore.SqliteAsync);

public sealed class PostgresRatingsTests(PostgresServer server)
    : RatingsContract(() => TestStore.PostgresAsync(server));

/// <summary>A day's history through the API, compared with SQL over the events; the hourly tables play no part in what
/// is expected.</summary>
public abstract class RatingsContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private Dashboard dashboard = null!;
    private HttpClient http = null!;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        await new Loader(
            Database.Store,
            new FolderBucket(Samples.Day),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, CancellationToken.None);
        dashboard = await Dashboard.OpenAsync(
            new DashboardOptions(new IPEndPoint(IPAddress.Loopback, 0)),
            Database.Store,
            new FakeTimeProvider(new(2023, 3, 7, 12, 45, 0, TimeSpan.Zero)),
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        http = new HttpClient { BaseAddress = new Uri(dashboard.Address, "/api/v1/") };
    }

    protected override async ValueTask EndAsync()
    {
        http.Dispose();
        await dashboard.DisposeAsync();
    }

    private async Task<JsonElement> AskAsync(string path) => await http.GetFromJsonAsync<JsonElement>(path, Cancel);

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

    [Theory]
    [InlineData("ratings?range=1y", "range: found '1y', expected today, 7d, 28d or all")]
    [InlineData("ratings?museum=LMX", "museum: found 'LMX', expected one of LMNH")]
    [InlineData("ratings?from=2023-03-06", "to: found '', expected a day such as 2023-03-06; from and to go together")]
    [InlineData(
        "ratings?from=06/03/23&to=2023-03-06",
        "from: found '06/03/23', expected a day such as 2023-03-06; from and to go together"
    )]
    [InlineData(
        "ratings?from=2023-03-06&to=2023-03-05",
        "to: found '2023-03-05', expected a day that is not before from, 2023-03-06"
    )]
    [InlineData(
        "ratings?from=1900-01-01&to=2999-12-31",
        "from: found '1900-01-01', expected 2989-12-24 or later: at most 3660 days, to (2999-12-31) included"
    )]
    [InlineData(
        "ratings?from=9999-12-31&to=9999-12-31",
        "from: found '9999-12-31', expected a day from 1900-01-01 to 2999-12-31"
    )]
    [InlineData(
        "ratings?from=2023-03-06&to=3000-01-01",
        "to: found '3000-01-01', expected a day from 1900-01-01 to 2999-12-31"
    )]
    [InlineData(
        "ratings?from=2023-02-29&to=2023-03-06",
        "from: found '2023-02-29', expected a day such as 2023-03-06; from and to go together"
    )]
    [InlineData(
        "ratings?from=0001-01-01&to=0001-01-01",
        "from: found '0001-01-01', expected a day from 1900-01-01 to 2999-12-31"
    )]
    [InlineData(
        "ratings?range=7d&from=2023-03-06&to=2023-03-06",
        "range: found '7d', expected either range, or from and to"
    )]
    [InlineData(
        "ratings?exhibition=EXH_03&exhibition=EXH_77",
        "exhibition: found 'EXH_77', expected one of EXH_00, EXH_01, EXH_02, EXH_03, EXH_04, EXH_05"
    )]
    [InlineData("ratings?floor=9", "floor: found '9', expected one of 1, 2, 3, Vault")]
    [InlineData(
        "ratings?department=Magic",
        "department: found 'Magic', expected one of Ecology, Entomology, Geology, Paleontology, Zoology"
    )]
    [InlineData("ratings?excludeRepeats=maybe", "excludeRepeats: found 'maybe', expected true or false")]
    [InlineData("ratings?table=moons", "table: found 'moons', expected one of exhibitions, departments, floors")]
    [InlineData("safety/patrols?table=moons&format=csv", "table: found 'moons', expected one of cells, walks, quiet")]
    [InlineData("data/loads?table=moons", "table: found 'moons', expected runs, the only one")]
    [InlineData("ratings?format=xml", "format: found 'xml', expected json, csv or xlsx")]
    [InlineData("ratings/trend?by=minute", "by: found 'minute', expected hour, day or week")]
    [InlineData(
        "ratings/trend?by=hour&from=2022-01-01&to=2023-03-06",
        "by: found 'hour', expected day or week: hour goes with at most 92 days, and these are 430"
    )]
    public async Task A_query_that_names_nothing_is_told_what_is_wrong_with_it(string path, string detail)
    {
        using var response = await http.GetAsync(path, Cancel);
        Assert.Equal(
            (HttpStatusCode.BadRequest, "application/problem+json"),
            (response.StatusCode, response.Content.Headers.ContentType?.MediaType)
        );
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(
            (400, "Bad query", detail),
            (
                problem.GetProperty("status").GetInt32(),
                problem.GetProperty("title").GetString(),
                problem.GetProperty("detail").GetString()
            )
        );
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

    [Theory]
    [InlineData("museums", "museum,museumName,timeZone,opens,closes,firstPress,lastPress,publicId", 6)]
    [InlineData("ratings?range=all", "publicId,site,name,floor,department,startDate,votes,mean,low,high", 6)]
    [InlineData("ratings/trend?range=all&by=hour", "point,publicId,name,votes,mean", 77)]
    [InlineData("ratings/busiest?range=all", "weekday,hour,votes,openHours,perOpenHour", 11)]
    [InlineData(
        "ratings?range=all&table=exhibitions",
        "publicId,site,name,floor,department,startDate,votes,mean,low,high",
        6
    )]
    [InlineData("ratings?range=all&table=departments", "department,votes,mean,low,high,shrunk,enough,votes0", 5)]
    [InlineData("ratings?range=all&table=floors", "floor,votes,mean,low,high,shrunk,enough,votes0", 4)]
    [InlineData("safety?range=all&table=floors", "floor,emergencies,assistance,perOpenHour,low,high,notCounted", 4)]
    [InlineData("safety?range=all&table=hours", "hour,emergencies,assistance,openHours,perOpenHour", 11)]
    [InlineData("safety?range=all&table=heat", "floor,hour,presses,openHours,perOpenHour,low,high", 44)]
    [InlineData("safety?range=all&table=weeks", "week,answered,unanswered,medianSeconds", 0)]
    public async Task Every_view_is_a_table_too(string path, string columns, int rows)
    {
        using var response = await http.GetAsync(
            $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format=csv",
            Cancel
        );
        Assert.Equal(
            ("text/csv", "attachment"),
            (
                response.Content.Headers.ContentType?.MediaType,
                response.Content.Headers.ContentDisposition?.DispositionType
            )
        );
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n");
        Assert.StartsWith(columns, lines[0], StringComparison.Ordinal);
        Assert.Equal((rows, ""), (lines.Length - 2, lines[^1]));
    }

    /// <summary>Each table matches the list of that name in the JSON, number by number.</summary>
    [Fact]
    public async Task A_table_has_the_numbers_of_its_list()
    {
        foreach (
            var (path, table, list, columns) in new (string, string, Func<JsonElement, JsonElement>, string[])[]
            {
                ("ratings", "floors", v => v.GetProperty("floors"), ["name", "votes", "mean", "low", "high", "shrunk"]),
                (
                    "ratings",
                    "departments",
                    v => v.GetProperty("departments"),
                    ["name", "votes", "mean", "low", "high", "shrunk"]
                ),
                (
                    "safety",
                    "heat",
                    v => v.GetProperty("heat"),
                    ["floor", "hour", "presses", "openHours", "perOpenHour", "low", "high"]
                ),
                (
                    "safety",
                    "floors",
                    v => v.GetProperty("floors"),
                    ["name", "emergencies", "assistance", "perOpenHour", "low", "high", "notCounted"]
                ),
                ("safety/patrols", "walks", v => v.GetProperty("walks"), ["hour", "floor", "verdict"]),
                ("safety/patrols", "quiet", v => v.GetProperty("quiet"), ["hour", "floor", "verdict"]),
            }
        )
        {
            var expected = list(await AskAsync($"{path}?range=all"))
                .EnumerateArray()
                .Select(row => string.Join(',', columns.Select(column => row.GetProperty(column).ToString())));
            using var response = await http.GetAsync($"{path}?range=all&format=csv&table={table}", Cancel);
            Assert.EndsWith(
                $"-{table}.csv",
                response.Content.Headers.ContentDisposition?.FileName,
                StringComparison.Ordinal
            );
            var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n")[1..^1];
            Assert.Equal(expected, lines.Select(line => string.Join(',', line.Split(',').Take(columns.Length))));
        }
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

    [Fact]
    public async Task The_document_tells_what_stands_before_every_call()
    {
        var calls = (await AskAsync("openapi.json"))
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .ToList();
        Assert.All(calls, call => Assert.NotEmpty(call.Value.GetProperty("summary").GetString()!));
        Assert.All(calls, call => Assert.Superset(new HashSet<string> { "401", "503" }, Responses(call.Value)));
        Assert.Contains(calls, call => call.Name == "post");
        foreach (var post in calls.Where(call => call.Name == "post"))
        {
            var header = post
                .Value.GetProperty("parameters")
                .EnumerateArray()
                .Single(p => p.GetProperty("name").GetString() == "X-Museum");
            Assert.Equal(
                ("header", true),
                (header.GetProperty("in").GetString(), header.GetProperty("required").GetBoolean())
            );
            Assert.Contains("403", Responses(post.Value));
        }

        var paths = (await AskAsync("openapi.json")).GetProperty("paths");
        Assert.Contains("403", Responses(paths.GetProperty("/api/v1/data/audit").GetProperty("get")));
        Assert.Contains("429", Responses(paths.GetProperty("/api/v1/ratings").GetProperty("get")));
        Assert.DoesNotContain("403", Responses(paths.GetProperty("/api/v1/ratings").GetProperty("get")));

        static HashSet<string> Responses(JsonElement call) =>
            [.. call.GetProperty("responses").EnumerateObject().Select(response => response.Name)];
    }

    /// <summary>Programs are generated from it: a number must not be "number or string", and an instant is a
    /// string.</summary>
    [Fact]
    public async Task The_document_says_of_every_field_what_is_written()
    {
        var fields = (await AskAsync("openapi.json"))
            .GetProperty("components")
            .GetProperty("schemas")
            .EnumerateObject()
            .Where(schema => schema.Value.TryGetProperty("properties", out _))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject())
            .Where(field => !field.Value.TryGetProperty("$ref", out _) && !field.Value.TryGetProperty("oneOf", out _))
            .ToList();
        Assert.NotEmpty(fields);
        Assert.All(
            fields,
            field =>
            {
                var types = Types(field.Value);
                Assert.NotEmpty(types);
                Assert.True(types.Except(["null"]).Count() == 1, $"{field.Name}: {string.Join(" or ", types)}");
            }
        );
        Assert.Equal(["string"], Types(fields.First(field => field.Name == "generatedAt").Value));
        Assert.Equal(["null", "string"], Types(fields.First(field => field.Name == "acknowledgedAt").Value));

        static List<string> Types(JsonElement field) =>
            !field.TryGetProperty("type", out var type) ? []
            : type.ValueKind is JsonValueKind.String ? [type.GetString()!]
            : [.. type.EnumerateArray().Select(t => t.GetString()!).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task The_document_describes_every_parameter_and_answer_of_these_views()
    {
        var document = await AskAsync("openapi.json");
        foreach (
            var path in (string[])
                ["/api/v1/museums", "/api/v1/ratings", "/api/v1/ratings/trend", "/api/v1/ratings/busiest"]
        )
        {
            var get = document.GetProperty("paths").GetProperty(path).GetProperty("get");
            Assert.NotEmpty(get.GetProperty("summary").GetString()!);
            Assert.All(
                get.GetProperty("parameters").EnumerateArray(),
                p => Assert.NotEmpty(p.GetProperty("description").GetString()!)
            );
            Assert.True(
                get.GetProperty("responses")
                    .GetProperty("200")
                    .GetProperty("content")
                    .GetProperty("application/json")
                    .TryGetProperty("schema", out _)
            );
        }

        var names = document
            .GetProperty("paths")
            .GetProperty("/api/v1/ratings")
            .GetProperty("get")
            .GetProperty("parameters")
            .EnumerateArray()
            .Select(p => p.GetProperty("name").GetString());
        Assert.Equal(
            [
                "museum",
                "range",
                "from",
                "to",
                "exhibition",
                "floor",
                "department",
                "excludeRepeats",
                "wait",
                "format",
                "table",
                "bom",
            ],
            names
        );
        Assert.Equal(["exhibitions", "floors", "hours", "heat", "weeks"], TablesOf("/api/v1/safety"));
        Assert.Equal(["reasons", "sites"], TablesOf("/api/v1/data/refused"));
        Assert.Equal(["runs"], TablesOf("/api/v1/data/loads"));
        Assert.Contains(
            "on-target",
            document.GetProperty("components").GetProperty("schemas").GetProperty("RatingStatus").GetRawText(),
            StringComparison.Ordinal
        );

        IEnumerable<string?> TablesOf(string path) =>
            document
                .GetProperty("paths")
                .GetProperty(path)
                .GetProperty("get")
                .GetProperty("parameters")
                .EnumerateArray()
                .Single(p => p.GetProperty("name").GetString() == "table")
                .GetProperty("schema")
                .GetProperty("enum")
                .EnumerateArray()
                .Select(name => name.GetString());
    }
}
