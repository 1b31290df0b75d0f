using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteTablesTests() : TablesContract(TestStore.SqliteAsync);

public sealed class PostgresTablesTests(PostgresServer server) : TablesContract(() => TestStore.PostgresAsync(server));

/// <summary>Views as CSV: the numbers of their JSON.</summary>
public abstract class TablesContract(Func<Task<TestStore>> create) : ApiContract(create)
{
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
        using var response = await Http.GetAsync(
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
            using var response = await Http.GetAsync($"{path}?range=all&format=csv&table={table}", Cancel);
            Assert.EndsWith(
                $"-{table}.csv",
                response.Content.Headers.ContentDisposition?.FileName,
                StringComparison.Ordinal
            );
            var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n")[1..^1];
            Assert.Equal(expected, lines.Select(line => string.Join(',', line.Split(',').Take(columns.Length))));
        }
    }
}
