using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteParametersTests() : ParametersContract(TestStore.SqliteAsync);

public sealed class PostgresParametersTests(PostgresServer server)
    : ParametersContract(() => TestStore.PostgresAsync(server));

/// <summary>What calls take for parameters, and what they say to anything else.</summary>
public abstract class ParametersContract(Func<Task<TestStore>> create) : EveningContract(create)
{
    [Theory]
    [InlineData("/api/v1/help?limit=0", "limit")]
    [InlineData("/api/v1/help?before=9", "before")]
    [InlineData("/api/v1/help?before=x", "before")]
    [InlineData("/api/v1/help?state=closed", "state")]
    [InlineData("/api/v1/help?museum=MARS", "museum")]
    [InlineData("/api/v1/safety?floor=Attic", "floor")]
    [InlineData("/api/v1/data/quarantine?reason=boredom", "reason")]
    [InlineData("/api/v1/data/quarantine?state=superseded", "state")]
    [InlineData("/api/v1/data/kiosks?format=xls", "format")]
    [InlineData("/api/v1/ratings?exhibitions=EXH_00", "exhibitions")]
    [InlineData("/api/v1/help?exhibition=EXH_00", "exhibition")]
    [InlineData("/api/v1/data/loads?range=7d", "range")]
    [InlineData("/api/v1/live?museums=LMNH", "museums")]
    [InlineData("/api/v1/me?format=csv", "format")]
    public async Task A_query_that_names_nothing_is_told_which_parameter(string path, string parameter)
    {
        await using var server = await OpenAsync(history: false);
        using var answer = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(
            parameter,
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("parameter").GetString()
        );
    }

    /// <summary>As the pages ask.</summary>
    [Theory]
    [InlineData("me")]
    [InlineData("museums")]
    [InlineData("museums?format=csv&table=exhibitions")]
    [InlineData("ratings?museum=LMNH&range=28d&excludeRepeats=true&wait=false")]
    [InlineData("ratings/trend?museum=LMNH&from=2023-03-06&to=2023-03-12&by=week&format=csv")]
    [InlineData("help?museum=LMNH&state=open&limit=1000")]
    [InlineData("data/live?museum=LMNH&format=csv")]
    [InlineData("data/loads?museum=LMNH&format=csv")]
    [InlineData("data/audit?museum=LMNH&limit=5")]
    [InlineData("data/quarantine?museum=LMNH&reason=invalid_val&site=0&state=held&help=true&limit=50")]
    [InlineData("live?museum=LMNH")]
    [InlineData("openapi.json")]
    public async Task What_a_call_knows_it_takes(string path)
    {
        await using var server = await OpenAsync(history: false);
        using var answer = await server.GetAsync($"/api/v1/{path}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_unknown_parameter_is_told_those_that_are_known()
    {
        await using var server = await OpenAsync(history: false);
        using var answer = await server.GetAsync("/api/v1/help?exhibition=EXH_00");
        Assert.Equal(
            "exhibition: found 'EXH_00', expected no such parameter: this call knows museum, limit, before, "
                + "state, format, table, bom",
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()
        );
    }
}
