using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteExhibitionTests() : ExhibitionContract(TestStore.SqliteAsync);

public sealed class PostgresExhibitionTests(PostgresServer server)
    : ExhibitionContract(() => TestStore.PostgresAsync(server));

/// <summary>One exhibition's view, held against SQL over the events. On that day London's clocks showed UTC.</summary>
public abstract class ExhibitionContract(Func<Task<TestStore>> create) : ApiContract(create)
{
    private const string Deep = "EXH_03";

    private const string Of = """
        from rating_instance i join rating_type t on t.rating_type_id = i.rating_type_id
        join exhibition e on e.exhibition_id = i.exhibition_id and e.public_id = 'EXH_03'
        """;

    /// <summary>Calls for help as the view counts them.</summary>
    private Task<List<string>> CallsAsync(string by) =>
        Database.QueryAsync(
            $"""
            select {by}, sum(case t.support_type_value when 1 then 1 else 0 end), sum(case t.support_type_value when 0 then 1 else 0 end)
            from support_instance i join support_type t on t.support_type_id = i.support_type_id
            join exhibition e on e.exhibition_id = i.exhibition_id and e.public_id = 'EXH_03' group by 1 order by 1
            """
        );

    private string HourOf(string column) =>
        Database is SqliteTestStore
            ? $"cast(substr({column}, 12, 2) as integer)"
            : $"cast(extract(hour from {column} at time zone 'UTC') as integer)";

    [Fact]
    public async Task Its_votes_its_trend_and_its_hours_are_what_the_events_add_up_to()
    {
        var view = await AskAsync($"exhibition?exhibition={Deep}&range=all&by=auto");
        var row = (await AskAsync("ratings?range=all"))
            .GetProperty("exhibitions")
            .EnumerateArray()
            .Single(one => one.GetProperty("publicId").GetString() == Deep);
        // Its rank is one among all exhibitions, as on their page.
        Assert.Equal(row.GetRawText(), view.GetProperty("rating").GetRawText());
        var hours = await Database.QueryAsync(
            $"select {HourOf("i.rating_created_at")}, count(*), sum(t.rating_type_value) {Of} group by 1 order by 1"
        );

        Assert.Equal(
            await Database.QueryAsync($"select t.rating_type_value, count(*) {Of} group by 1 order by 1"),
            view.GetProperty("rating")
                .GetProperty("distribution")
                .EnumerateArray()
                .Select((votes, value) => $"{value}|{votes.GetInt64()}")
        );
        // One day: by hour, not one dot.
        var trend = view.GetProperty("trend");
        Assert.Equal("hour", trend.GetProperty("by").GetString());
        Assert.Equal(
            hours,
            trend
                .GetProperty("points")
                .EnumerateArray()
                .Where(point => point.GetProperty("votes").ValueKind is JsonValueKind.Number)
                .Select(point =>
                {
                    var votes = point.GetProperty("votes").GetInt64();
                    var hour = int.Parse(point.GetProperty("point").GetString()![11..13], CultureInfo.InvariantCulture);
                    return $"{hour}|{votes}|{Math.Round(point.GetProperty("mean").GetDouble() * votes)}";
                })
        );
        Assert.Equal(
            hours.Select(line => string.Join('|', line.Split('|').Take(2))),
            view.GetProperty("hours")
                .EnumerateArray()
                .Where(cell => cell.GetProperty("votes").GetInt64() > 0)
                .Select(cell => $"{cell.GetProperty("hour").GetInt32()}|{cell.GetProperty("votes").GetInt64()}")
        );
        Assert.All(
            trend
                .GetProperty("points")
                .EnumerateArray()
                .Where(p => p.GetProperty("low").ValueKind is JsonValueKind.Number),
            p =>
                Assert.InRange(
                    p.GetProperty("mean").GetDouble(),
                    p.GetProperty("low").GetDouble(),
                    p.GetProperty("high").GetDouble()
                )
        );
    }

    [Fact]
    public async Task Its_calls_its_kiosk_and_its_division_are_what_the_events_add_up_to()
    {
        var view = await AskAsync($"exhibition?exhibition={Deep}&range=all");
        var shares = await Database.QueryAsync(
            $"""
            select sum(case when t.rating_type_value = 0 then 1.0 else 0 end) / count(*),
                   sum(case when t.rating_type_value = 4 then 1.0 else 0 end) / count(*) {Of}
            """
        );

        var calls = view.GetProperty("calls");
        Assert.Equal(
            await CallsAsync("'all'"),
            [$"all|{calls.GetProperty("emergencies").GetInt64()}|{calls.GetProperty("assistance").GetInt64()}"]
        );
        Assert.Equal(
            await CallsAsync(HourOf("i.instance_created_at")),
            view.GetProperty("callHours")
                .EnumerateArray()
                .Select(h =>
                    $"{h.GetProperty("hour").GetInt32()}|{h.GetProperty("emergencies").GetInt64()}|{h.GetProperty("assistance").GetInt64()}"
                )
                .Where(line => !line.EndsWith("|0|0", StringComparison.Ordinal))
        );
        Assert.Equal(Deep, view.GetProperty("kiosk").GetProperty("publicId").GetString());
        var division = view.GetProperty("division");
        Assert.Equal(
            Assert.Single(shares),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{division.GetProperty("worst").GetDouble():0.00}|{division.GetProperty("best").GetDouble():0.00}"
            )
        );
    }

    [Fact]
    public async Task Every_number_leads_to_the_presses_behind_it()
    {
        var view = await AskAsync($"exhibition?exhibition={Deep}&range=all");
        foreach (var cell in view.GetProperty("hours").EnumerateArray())
        {
            var (weekday, hour) = (cell.GetProperty("weekday").GetInt32(), cell.GetProperty("hour").GetInt32());
            var behind = await AskAsync(
                $"ratings/events?exhibition={Deep}&range=all&weekday={weekday}&hour={hour}&limit=10000"
            );
            Assert.Equal(cell.GetProperty("votes").GetInt64(), behind.GetProperty("events").GetArrayLength());
        }

        var calls = await AskAsync($"help/events?exhibition={Deep}&range=all");
        Assert.Equal(
            calls.GetProperty("total").GetInt64(),
            view.GetProperty("calls").GetProperty("emergencies").GetInt64()
                + view.GetProperty("calls").GetProperty("assistance").GetInt64()
        );
    }

    [Fact]
    public async Task What_people_write_down_shows_in_every_trend_of_it_until_it_is_taken_away()
    {
        using var mine = await Http.PostAsJsonAsync(
            "annotations?museum=LMNH",
            new
            {
                exhibition = Deep,
                day = "2023-03-06",
                text = "labels changed",
                name = "ada",
            },
            Cancel
        );
        using var all = await Http.PostAsJsonAsync(
            "annotations",
            new
            {
                day = "2023-03-06",
                text = "half-term",
                name = "ada",
            },
            Cancel
        );
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (mine.StatusCode, all.StatusCode));

        foreach (var path in (string[])["exhibition", "ratings/trend", "safety", "safety/trend", "annotations"])
        {
            Assert.Equal(["labels changed", "half-term"], await TextsAsync($"{path}?exhibition={Deep}&range=all"));
        }

        Assert.Equal(["half-term"], await TextsAsync("ratings/trend?exhibition=EXH_00&range=all"));
        Assert.Empty(await TextsAsync($"exhibition?exhibition={Deep}&from=2023-03-07&to=2023-03-08"));

        var id = (await mine.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString();
        using var gone = await Http.PostAsJsonAsync($"annotations/{id}/remove", new { name = "ada" }, Cancel);
        using var again = await Http.PostAsJsonAsync($"annotations/{id}/remove", new { name = "ada" }, Cancel);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (gone.StatusCode, again.StatusCode));
        Assert.Equal(["half-term"], await TextsAsync($"exhibition?exhibition={Deep}&range=all"));
        Assert.Equal(
            ["ada annotation remove", "ada annotation add", "ada annotation add"],
            (await Database.Store.OperatorLog.ListAsync(10, Cancel)).Select(a => $"{a.Who} {a.Command}")
        );

        async Task<List<string?>> TextsAsync(string path) =>
            [
                .. (await AskAsync(path))
                    .GetProperty("annotations")
                    .EnumerateArray()
                    .Select(a => a.GetProperty("text").GetString()),
            ];
    }

    [Fact]
    public async Task A_target_of_its_own_is_what_it_is_held_against_and_no_other()
    {
        var before = await AskAsync("ratings?range=all");
        using var set = await Http.PostAsJsonAsync(
            "exhibition/target",
            new
            {
                exhibition = Deep,
                mean = 3.5,
                name = "ada",
            },
            Cancel
        );
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);

        var view = await AskAsync($"exhibition?exhibition={Deep}&range=all");
        Assert.Equal(
            (3.5, true, "below-target"),
            (
                view.GetProperty("target").GetProperty("mean").GetDouble(),
                view.GetProperty("ownTarget").GetBoolean(),
                view.GetProperty("rating").GetProperty("status").GetString()
            )
        );
        Assert.Equal(
            Rows(before).Where(row => row.Id != Deep),
            Rows(await AskAsync("ratings?range=all")).Where(row => row.Id != Deep)
        );

        using var back = await Http.PostAsJsonAsync(
            "exhibition/target",
            new { exhibition = Deep, name = "ada" },
            Cancel
        );
        Assert.Equal(HttpStatusCode.NoContent, back.StatusCode);
        Assert.Equal(Rows(before), Rows(await AskAsync("ratings?range=all")));

        static List<(string? Id, string? Status, double Target)> Rows(JsonElement ratings) =>
            [
                .. ratings
                    .GetProperty("exhibitions")
                    .EnumerateArray()
                    .Select(row =>
                        (
                            row.GetProperty("publicId").GetString(),
                            row.GetProperty("status").GetString(),
                            row.GetProperty("target").GetDouble()
                        )
                    ),
            ];
    }

    [Theory]
    [InlineData("annotations", """{"day":"2023-02-30","text":"x","name":"ada"}""", "day: found '2023-02-30'")]
    [InlineData("annotations", """{"day":"2023-03-06","text":" ","name":"ada"}""", "text: found ''")]
    [InlineData("annotations", """{"day":"2023-03-06","text":"x"}""", "name: found 0 characters")]
    [InlineData(
        "annotations",
        """{"day":"2023-03-06","text":"x","name":"a","exhibition":"E"}""",
        "exhibition: found 'E'"
    )]
    [InlineData(
        "exhibition/target",
        """{"exhibition":"EXH_03","mean":4.5,"name":"a"}""",
        "mean: found '4.5', expected 0 to 4"
    )]
    [InlineData("exhibition/target", """{"exhibition":"EXH_99","mean":3,"name":"a"}""", "exhibition: found 'EXH_99'")]
    public async Task What_cannot_be_written_down_says_why(string path, string body, string said)
    {
        using var answer = await Http.PostAsync(
            path,
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            Cancel
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.StartsWith(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exhibition", "exhibition: found ''")]
    [InlineData("exhibition?exhibition=EXH_00&exhibition=EXH_01", "exhibition: found 'EXH_00, EXH_01'")]
    [InlineData("exhibition?exhibition=EXH_99", "exhibition: found 'EXH_99'")]
    [InlineData("exhibition?exhibition=EXH_00&by=year", "by: found 'year'")]
    public async Task It_is_one_that_is_asked_for(string path, string said)
    {
        using var answer = await Http.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.StartsWith(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
