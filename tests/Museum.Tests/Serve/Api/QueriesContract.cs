using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteQueriesTests() : QueriesContract(TestStore.SqliteAsync);

public sealed class PostgresQueriesTests(PostgresServer server)
    : QueriesContract(() => TestStore.PostgresAsync(server));

/// <summary>Queries that cannot be answered.</summary>
public abstract class QueriesContract(Func<Task<TestStore>> create) : ApiContract(create)
{
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
    [InlineData("ratings/trend?by=minute", "by: found 'minute', expected hour, day, week or auto")]
    [InlineData(
        "ratings/trend?by=hour&from=2022-01-01&to=2023-03-06",
        "by: found 'hour', expected day or week: hour goes with at most 92 days, and these are 430"
    )]
    public async Task A_query_that_names_nothing_is_told_what_is_wrong_with_it(string path, string detail)
    {
        using var response = await Http.GetAsync(path, Cancel);
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
}
