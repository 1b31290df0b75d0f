using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteEventsTests() : EventsContract(TestStore.SqliteAsync);

public sealed class PostgresEventsTests(PostgresServer server) : EventsContract(() => TestStore.PostgresAsync(server));

/// <summary>Single presses through the API, compared with SQL over the events. On that day London's clocks showed
/// UTC.</summary>
public abstract class EventsContract(Func<Task<TestStore>> create) : ApiContract(create)
{
    /// <summary>All pages, as lines of id, instant, exhibition, value, source and position.</summary>
    private async Task<(List<string> Lines, List<int> Pages, long Total)> AllAsync(string call)
    {
        List<string> lines = [];
        List<int> pages = [];
        for (string? cursor = null; ; )
        {
            var view = await AskAsync(cursor is null ? call : $"{call}&cursor={cursor}");
            var events = view.GetProperty("events").EnumerateArray().Select(LineOf).ToList();
            lines.AddRange(events);
            pages.Add(events.Count);
            cursor = view.GetProperty("next").GetString();
            if (cursor is null)
                return (lines, pages, view.GetProperty("total").GetInt64());
        }
    }

    private static string LineOf(JsonElement press) =>
        string.Join(
            '|',
            press.GetProperty("id").GetString(),
            press.GetProperty("at").GetDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"),
            press.GetProperty("exhibition").GetProperty("publicId").GetString(),
            press.GetProperty("value").GetInt32(),
            press.GetProperty("source").GetString(),
            press.GetProperty("position").GetInt64()
        );

    private Task<List<string>> ExpectedAsync(string kind, string where = "1 = 1")
    {
        var at = kind == "rating" ? "rating_created_at" : "instance_created_at";
        return Database.QueryAsync(
            $"""
            select i.{kind}_instance_id, i.{at}, e.public_id, t.{kind}_type_value,
                   s.name || ', line ' || cast(i.position as text), i.position
            from {kind}_instance i join {kind}_type t on t.{kind}_type_id = i.{kind}_type_id
            join exhibition e on e.exhibition_id = i.exhibition_id join source s on s.source_id = i.source_id
            where {where} order by i.{at}, i.{kind}_instance_id
            """
        );
    }

    [Fact]
    public async Task A_press_is_found_by_its_id_and_no_other_kind_has_it()
    {
        var newest = (await ExpectedAsync("rating"))[^1].Split('|');
        var id = long.Parse(newest[0], CultureInfo.InvariantCulture);

        var found = Assert.Single(await Database.Store.Events.FindAsync(PressKind.Rating, [id, long.MaxValue], Cancel));

        Assert.Equal(
            (newest[3], newest[4], newest[5]),
            ($"{found.Value}", found.Source.Place(found.Position), $"{found.Position}")
        );
        Assert.Empty(await Database.Store.Events.FindAsync(PressKind.Support, [id], Cancel));
    }

    [Theory]
    [InlineData("", "1 = 1")]
    [InlineData("&type=0", "t.rating_type_value = 0")]
    [InlineData("&type=4&type=3&exhibition=EXH_03", "t.rating_type_value in (3, 4) and e.public_id = 'EXH_03'")]
    [InlineData("&floor=Vault", "e.floor_id = (select floor_id from floor where floor = 'Vault')")]
    public async Task Every_rating_comes_once_in_the_order_of_time_however_small_the_pages_are(
        string query,
        string where
    )
    {
        var expected = await ExpectedAsync("rating", where);
        Assert.NotEmpty(expected);

        var whole = await AllAsync($"ratings/events?range=all&limit=10000{query}");
        var small = await AllAsync($"ratings/events?range=all&limit=97{query}");

        Assert.Equal(expected, whole.Lines);
        Assert.Equal(expected, small.Lines);
        Assert.Equal((expected.Count, expected.Count), ((int)whole.Total, (int)small.Total));
        Assert.All(small.Pages.SkipLast(1), count => Assert.Equal(97, count));
    }

    [Fact]
    public async Task An_hour_of_a_weekday_is_the_presses_that_the_busiest_hours_count()
    {
        var busiest = await AskAsync("ratings/busiest?range=all");
        var cell = busiest
            .GetProperty("cells")
            .EnumerateArray()
            .Single(c => c.GetProperty("weekday").GetInt32() == 1 && c.GetProperty("hour").GetInt32() == 11);

        var found = await AllAsync("ratings/events?range=all&weekday=1&hour=11&limit=50");
        var otherDay = await AllAsync("ratings/events?range=all&weekday=2&hour=11&limit=50");

        Assert.Equal(
            await ExpectedAsync(
                "rating",
                "i.rating_created_at >= '2023-03-06T11:00:00.000000Z' and i.rating_created_at < "
                    + "'2023-03-06T12:00:00.000000Z'"
            ),
            found.Lines
        );
        Assert.Equal(cell.GetProperty("votes").GetInt64(), found.Lines.Count);
        Assert.Empty(otherDay.Lines);
    }

    /// <summary>A page shows an hour and the quarter beside it as one number.</summary>
    [Fact]
    public async Task Several_hours_are_the_presses_of_each()
    {
        var each = new List<string>();
        foreach (var hour in (int[])[10, 11])
            each.AddRange((await AllAsync($"ratings/events?range=all&hour={hour}&limit=50")).Lines);

        var both = await AllAsync("ratings/events?range=all&hour=10&hour=11&limit=50");

        Assert.NotEmpty(each);
        Assert.Equal(each.Order(StringComparer.Ordinal), both.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Calls_for_help_come_with_what_was_done_about_them()
    {
        var all = await AllAsync("help/events?range=all&limit=20");
        var emergencies = await AskAsync("help/events?range=all&type=1");

        Assert.Equal(await ExpectedAsync("support"), all.Lines);
        Assert.Equal(Samples.Number("emergencies"), emergencies.GetProperty("events").GetArrayLength());
        Assert.All(
            emergencies.GetProperty("events").EnumerateArray(),
            press =>
                Assert.Equal(
                    ("Emergency", "history"),
                    (press.GetProperty("name").GetString(), press.GetProperty("state").GetString())
                )
        );
    }

    [Fact]
    public async Task A_csv_says_in_a_header_how_it_continues()
    {
        using var first = await Http.GetAsync("ratings/events?range=all&limit=2000&format=csv", Cancel);
        var next = Assert.Single(first.Headers.GetValues("X-Museum-Next"));
        using var second = await Http.GetAsync($"ratings/events?range=all&limit=2000&format=csv&cursor={next}", Cancel);

        Assert.Equal((2000, (int)Samples.Number("votes") - 2000), (await RowsAsync(first), await RowsAsync(second)));
        Assert.False(second.Headers.Contains("X-Museum-Next"));

        static async Task<int> RowsAsync(HttpResponseMessage page) =>
            (await page.Content.ReadAsStringAsync(Cancel)).Split("\r\n").Length - 2;
    }

    [Theory]
    [InlineData("type=7", "type: found '7', expected one of 0 (Terrible), 1 (Bad)")]
    [InlineData("cursor=abc", "cursor: found 'abc', expected the value of next from a page")]
    [InlineData("cursor=99999999999999999.1", "cursor: found")]
    [InlineData("weekday=0", "weekday: found '0', expected a whole number from 1 to 7")]
    [InlineData("hour=24", "hour: found '24'")]
    [InlineData("limit=10001", "limit: found '10001', expected a whole number from 1 to 10000")]
    [InlineData("answer=answered", "answer: found 'answered', expected no such parameter")]
    public async Task What_names_nothing_is_refused_with_what_would(string query, string said)
    {
        using var answer = await Http.GetAsync($"ratings/events?range=all&{query}", Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.StartsWith(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
