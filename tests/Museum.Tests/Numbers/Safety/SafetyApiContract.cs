using System.Text.Json;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Numbers.Safety;

public sealed class SqliteSafetyApiTests() : SafetyApiContract(TestStore.SqliteAsync);

public sealed class PostgresSafetyApiTests(PostgresServer server)
    : SafetyApiContract(() => TestStore.PostgresAsync(server));

/// <summary>A day's history over the API: every number matches a query written by hand.</summary>
public abstract class SafetyApiContract(Func<Task<TestStore>> create) : EveningContract(create)
{
    [Fact]
    public async Task Counts_by_exhibition_floor_and_hour_are_those_of_a_query_by_hand()
    {
        await using var server = await OpenAsync();

        var safety = await server.JsonAsync($"/api/v1/safety?{Week}");

        Assert.Equal(
            ((int)Samples.Number("emergencies"), (int)(Samples.Number("help") - Samples.Number("emergencies"))),
            (
                safety.GetProperty("totals").GetProperty("emergencies").GetInt32(),
                safety.GetProperty("totals").GetProperty("assistance").GetInt32()
            )
        );
        const string Counts =
            "sum(case when i.support_type_id = 2 then 1 else 0 end), sum(case when i.support_type_id = 1 then 1 "
            + "else 0 end)";
        Assert.Equal(
            string.Join(
                '\n',
                await Database.QueryAsync(
                    $"""
                    select e.public_id, {Counts} from exhibition e left join support_instance i on i.exhibition_id = e.exhibition_id group by 1 order by 1
                    """
                )
            ),
            Joined(safety.GetProperty("exhibitions"), "publicId", "emergencies", "assistance")
        );
        Assert.Equal(
            string.Join(
                '\n',
                await Database.QueryAsync(
                    $"""
                    select f.floor, {Counts} from exhibition e join floor f on f.floor_id = e.floor_id left join support_instance i on i.exhibition_id = e.exhibition_id group by 1 order by 1
                    """
                )
            ),
            Joined(safety.GetProperty("floors"), "name", "emergencies", "assistance")
        );
        // On that day Liverpool's clocks showed UTC.
        var hour =
            Database is SqliteTestStore
                ? "cast(substr(i.instance_created_at, 12, 2) as integer)"
                : "cast(extract(hour from i.instance_created_at at time zone 'UTC') as integer)";
        Assert.Equal(
            string.Join(
                '\n',
                await Database.QueryAsync($"select {hour}, {Counts} from support_instance i group by 1 order by 1")
            ),
            Joined(safety.GetProperty("hours"), "hour", "emergencies", "assistance")
        );
        Assert.Equal(
            string.Join(
                '\n',
                await Database.QueryAsync(
                    $"""
                    select f.floor, {hour}, count(*) from support_instance i join exhibition e on e.exhibition_id = i.exhibition_id join floor f on f.floor_id = e.floor_id group by 1, 2 order by 1, 2
                    """
                )
            ),
            string.Join(
                '\n',
                safety
                    .GetProperty("heat")
                    .EnumerateArray()
                    .Where(c => c.GetProperty("presses").GetInt32() > 0)
                    .Select(c => $"{c.GetProperty("floor")}|{c.GetProperty("hour")}|{c.GetProperty("presses")}")
            )
        );
        var cabinet = safety
            .GetProperty("exhibitions")
            .EnumerateArray()
            .Single(e => e.GetProperty("emergencies").GetInt32() > 0);
        Assert.Equal(
            ("The Collector's Cabinet", "2", 2),
            (
                cabinet.GetProperty("name").GetString(),
                cabinet.GetProperty("floor").GetString(),
                cabinet.GetProperty("emergencies").GetInt32()
            )
        );
        // 09:29 hours open by then; exact Poisson limits of 14, by summing its terms: 7.65 and 23.49 alone, among six
        // exhibitions 6.10 and 27.19.
        var open = safety.GetProperty("period").GetProperty("openHours").GetDouble();
        Assert.Equal(
            (6.10, 27.19),
            (
                Math.Round(cabinet.GetProperty("low").GetDouble() * open, 2),
                Math.Round(cabinet.GetProperty("high").GetDouble() * open, 2)
            )
        );
    }

    [Fact]
    public async Task History_is_in_the_feed_and_is_no_incident_and_one_day_suggests_no_patrol()
    {
        await using var server = await OpenAsync();

        var help = await server.JsonAsync("/api/v1/help?limit=1000");
        var patrols = await server.JsonAsync($"/api/v1/safety/patrols?{Week}");

        Assert.Equal(
            ((int)Samples.Number("help"), (int)Samples.Number("help"), 0),
            (
                help.GetProperty("presses").GetArrayLength(),
                help.GetProperty("total").GetInt32(),
                help.GetProperty("open").GetInt32()
            )
        );
        Assert.All(
            help.GetProperty("presses").EnumerateArray(),
            p =>
                Assert.Equal(
                    ("history", false),
                    (p.GetProperty("state").GetString(), p.GetProperty("live").GetBoolean())
                )
        );
        Assert.Equal(
            string.Join(
                '\n',
                await Database.QueryAsync(
                    "select support_instance_id from support_instance order by instance_created_at desc, 1 desc"
                )
            ),
            Joined(help.GetProperty("presses"), "id")
        );
        Assert.Equal(JsonValueKind.String, help.GetProperty("presses")[0].GetProperty("id").ValueKind);
        Assert.Empty(patrols.GetProperty("walks").EnumerateArray());
        Assert.Contains(
            $"{Samples.Number("help")} presses on 1 days",
            patrols.GetProperty("tooLittle").GetString(),
            StringComparison.Ordinal
        );
        Assert.Empty(patrols.GetProperty("quiet").EnumerateArray());
    }
}
