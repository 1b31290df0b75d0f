using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteEvidenceTests() : EvidenceContract(TestStore.SqliteAsync);

public sealed class PostgresEvidenceTests(PostgresServer server)
    : EvidenceContract(() => TestStore.PostgresAsync(server));

/// <summary>What a number of a page counts is what the list behind it holds, and what a query by hand says. On that day
/// London's clocks showed UTC.</summary>
public abstract class EvidenceContract(Func<Task<TestStore>> create) : ApiContract(create)
{
    private const string Ratings = """
        from rating_instance i join rating_type t on t.rating_type_id = i.rating_type_id
        join exhibition e on e.exhibition_id = i.exhibition_id join floor f on f.floor_id = e.floor_id
        join department d on d.department_id = e.department_id
        """;

    private const string Calls = """
        from support_instance i join support_type t on t.support_type_id = i.support_type_id
        join exhibition e on e.exhibition_id = i.exhibition_id join floor f on f.floor_id = e.floor_id
        """;

    private string HourOf(string column) =>
        Database is SqliteTestStore
            ? $"cast(substr({column}, 12, 2) as integer)"
            : $"cast(extract(hour from {column} at time zone 'UTC') as integer)";

    /// <summary>The total, and how many are really there.</summary>
    private async Task<string> BehindAsync(string query)
    {
        var view = await AskAsync(query);
        Assert.Equal(0, view.GetProperty("notKept").GetInt64());
        return $"{view.GetProperty("total").GetInt64()} {view.GetProperty("events").GetArrayLength()}";
    }

    private async Task<string> CountAsync(string from, string where)
    {
        var count = await Database.NumberAsync($"select count(*) {from} where {where}");
        return $"{count} {count}";
    }

    [Fact]
    public async Task Every_number_of_the_ratings_is_the_presses_behind_it()
    {
        const string Events = "ratings/events?from=2023-03-06&to=2023-03-07&limit=10000";
        var view = await AskAsync("ratings?from=2023-03-06&to=2023-03-07");
        var heard = 0;
        foreach (var row in view.GetProperty("exhibitions").EnumerateArray())
        {
            var (id, votes) = (row.GetProperty("publicId").GetString(), row.GetProperty("votes").GetInt64());
            heard += votes > 0 ? 1 : 0;
            Assert.Equal($"{votes} {votes}", await BehindAsync($"{Events}&exhibition={id}"));
            Assert.Equal($"{votes} {votes}", await CountAsync(Ratings, $"e.public_id = '{id}'"));
            foreach (var (count, value) in row.GetProperty("distribution").EnumerateArray().Select((n, v) => (n, v)))
            {
                Assert.Equal(
                    $"{count.GetInt64()} {count.GetInt64()}",
                    await BehindAsync($"{Events}&exhibition={id}&type={value}")
                );
                Assert.Equal(
                    $"{count.GetInt64()} {count.GetInt64()}",
                    await CountAsync(Ratings, $"e.public_id = '{id}' and t.rating_type_value = {value}")
                );
            }
        }

        Assert.Equal(5, heard);
        foreach (
            var (list, parameter, column) in ((string, string, string)[])
                [("floors", "floor", "f.floor"), ("departments", "department", "d.department_name")]
        )
        {
            foreach (var row in view.GetProperty(list).EnumerateArray())
            {
                var (name, votes) = (row.GetProperty("name").GetString()!, row.GetProperty("votes").GetInt64());
                Assert.Equal(
                    $"{votes} {votes}",
                    await BehindAsync($"{Events}&{parameter}={Uri.EscapeDataString(name)}")
                );
                Assert.Equal($"{votes} {votes}", await CountAsync(Ratings, $"{column} = '{name}'"));
            }
        }

        // A point of the trend: an hour of a day.
        var trend = await AskAsync("ratings/trend?from=2023-03-06&to=2023-03-07&by=hour");
        var points = trend.GetProperty("points").EnumerateArray().Select(point => point.GetString()!).ToList();
        var all = trend.GetProperty("series")[0].GetProperty("votes").EnumerateArray().ToList();
        var seen = 0;
        for (var at = 0; at < points.Count; at++)
        {
            if (all[at].ValueKind is JsonValueKind.Null)
                continue;
            seen++;
            var (day, hour) = (points[at][..10], int.Parse(points[at][11..13], null));
            var votes = all[at].GetInt64();
            Assert.Equal(
                $"{votes} {votes}",
                await BehindAsync($"ratings/events?from={day}&to={day}&hour={hour}&limit=10000")
            );
            Assert.Equal($"{votes} {votes}", await CountAsync(Ratings, $"{HourOf("i.rating_created_at")} = {hour}"));
        }

        Assert.True(seen > 5);
    }

    [Fact]
    public async Task Every_number_of_safety_is_the_calls_behind_it()
    {
        const string Events = "help/events?from=2023-03-06&to=2023-03-07&limit=10000";
        var view = await AskAsync("safety?from=2023-03-06&to=2023-03-07");
        var seen = 0L;
        foreach (
            var (list, name, parameter, column) in ((string, string, string, string)[])
                [
                    ("exhibitions", "publicId", "exhibition", "e.public_id"),
                    ("floors", "name", "floor", "f.floor"),
                    ("hours", "hour", "hour", HourOf("i.instance_created_at")),
                ]
        )
        {
            foreach (var row in view.GetProperty(list).EnumerateArray())
            {
                var of = row.GetProperty(name).ToString();
                foreach (var (kind, type) in ((string, int)[])[("emergencies", 1), ("assistance", 0)])
                {
                    var calls = row.GetProperty(kind).GetInt64();
                    seen += calls;
                    Assert.Equal($"{calls} {calls}", await BehindAsync($"{Events}&{parameter}={of}&type={type}"));
                    Assert.Equal(
                        $"{calls} {calls}",
                        await CountAsync(
                            Calls,
                            $"cast({column} as varchar(40)) = '{of}' and t.support_type_value = {type}"
                        )
                    );
                }
            }
        }

        Assert.Equal(3 * Samples.Number("help"), seen);
        foreach (var cell in view.GetProperty("heat").EnumerateArray())
        {
            var (floor, hour) = (cell.GetProperty("floor").GetString(), cell.GetProperty("hour").GetInt32());
            var calls = cell.GetProperty("presses").GetInt64();
            Assert.Equal($"{calls} {calls}", await BehindAsync($"{Events}&floor={floor}&hour={hour}&type=0&type=1"));
        }

        var trend = await AskAsync("safety/trend?from=2023-03-06&to=2023-03-07&by=hour");
        Assert.Equal(
            await Database.QueryAsync(
                $"""
                select {HourOf("i.instance_created_at")}, sum(case t.support_type_value when 1 then 1 else 0 end),
                       sum(case t.support_type_value when 0 then 1 else 0 end) {Calls} group by 1 order by 1
                """
            ),
            trend
                .GetProperty("points")
                .EnumerateArray()
                .Select(p =>
                    $"{int.Parse(p.GetProperty("point").GetString()![11..13], null)}|{p.GetProperty("emergencies")}|{p.GetProperty("assistance")}"
                )
                .Where(line => !line.EndsWith("|0|0", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_page_of_some_hours_counts_only_their_presses_and_opening_time()
    {
        var hours = $"{HourOf("i.rating_created_at")} in (11, 12)";
        var ratings = await AskAsync("ratings?range=all&weekday=1&hour=11&hour=12");

        Assert.Equal(
            await Database.QueryAsync(
                $"select e.public_id, count(*), sum(t.rating_type_value) {Ratings} where {hours} group by 1 order by 1"
            ),
            ratings
                .GetProperty("exhibitions")
                .EnumerateArray()
                .Where(row => row.GetProperty("votes").GetInt64() > 0)
                .Select(row =>
                    $"{row.GetProperty("publicId")}|{row.GetProperty("votes")}|{Math.Round(row.GetProperty("mean").GetDouble() * row.GetProperty("votes").GetInt64())}"
                )
        );
        Assert.Equal(2.0, ratings.GetProperty("period").GetProperty("openHours").GetDouble());
        var total = ratings.GetProperty("total").GetProperty("votes").GetInt64();
        Assert.Equal($"{total} {total}", await CountAsync(Ratings, hours));
        Assert.Equal(
            $"{total} {total}",
            await BehindAsync("ratings/events?range=all&weekday=1&hour=11&hour=12&limit=10000")
        );

        var safety = await AskAsync("safety?range=all&hour=13");
        var calls = await Database.NumberAsync($"select count(*) {Calls} where {HourOf("i.instance_created_at")} = 13");
        Assert.True(calls > 0);
        Assert.Equal(
            calls,
            safety.GetProperty("totals").GetProperty("emergencies").GetInt64()
                + safety.GetProperty("totals").GetProperty("assistance").GetInt64()
        );
        Assert.Equal(calls, safety.GetProperty("totals").GetProperty("perOpenHour").GetDouble());
        Assert.Equal(13, Assert.Single(safety.GetProperty("hours").EnumerateArray()).GetProperty("hour").GetInt32());

        // It was a Monday.
        var tuesdays = await AskAsync("ratings?range=all&weekday=2");
        Assert.Equal(0, tuesdays.GetProperty("total").GetProperty("votes").GetInt64());
        Assert.Equal(0, tuesdays.GetProperty("period").GetProperty("openHours").GetDouble());
    }

    [Fact]
    public async Task Without_repeats_the_list_is_without_them_too()
    {
        var within =
            Database is SqliteTestStore
                ? "unixepoch(at) - unixepoch(before) <= 5"
                : "at - before <= interval '5 seconds'";
        // The samples have whole seconds.
        var kept = await Database.QueryAsync(
            $"""
            select id from (
              select i.rating_instance_id as id, i.rating_created_at as at,
                     lag(i.rating_created_at) over (
                       partition by i.exhibition_id, i.rating_type_id order by i.rating_created_at, i.rating_instance_id) as before
              from rating_instance i) as presses
            where before is null or not ({within}) order by at, id
            """
        );
        var whole = await AskAsync("ratings?range=all");
        var ratings = await AskAsync("ratings?range=all&excludeRepeats=true");
        Assert.True(kept.Count < whole.GetProperty("total").GetProperty("votes").GetInt32());
        Assert.Equal(kept.Count, ratings.GetProperty("total").GetProperty("votes").GetInt32());

        List<string> listed = [];
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await AskAsync($"ratings/events?range=all&excludeRepeats=true&limit=97&cursor={cursor}");
            Assert.Equal(kept.Count, page.GetProperty("total").GetInt32());
            listed.AddRange(page.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(kept.Count, listed.Distinct().Count());
        Assert.Equal(kept.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ratings?weekday=8", "weekday: found '8', expected a whole number from 1 to 7")]
    [InlineData("safety?hour=x", "hour: found 'x', expected a whole number from 0 to 23")]
    [InlineData("data/kiosks?hour=9", "hour: found '9', expected no such parameter")]
    [InlineData("help/events?answer=maybe", "answer: found 'maybe', expected any or answered")]
    [InlineData("help/events?answer=resolved&type=1", "type: found '1', expected either type or answer")]
    [InlineData("help/events?answer=answered&outcome=x", "outcome: found 'x', expected answer=resolved")]
    [InlineData("data/refused/events?reason=boredom", "reason: found 'boredom'")]
    [InlineData("data/record?of=rating", "id: found ''")]
    [InlineData("data/record?of=vote&id=1", "of: found 'vote'")]
    public async Task What_names_nothing_is_refused_with_what_would(string path, string said)
    {
        using var answer = await Http.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.StartsWith(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
