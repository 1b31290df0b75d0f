using System.Net;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteHostileQueriesTests() : HostileQueriesContract(TestStore.SqliteAsync);

public sealed class PostgresHostileQueriesTests(PostgresServer server)
    : HostileQueriesContract(() => TestStore.PostgresAsync(server));

/// <summary>What no text of a database can hold is a bad query over either.</summary>
public abstract class HostileQueriesContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    [Theory]
    [InlineData("/api/v1/data/quarantine?site=%00")]
    [InlineData("/api/v1/ratings?exhibition=%00")]
    [InlineData("/api/v1/help?from=2026-01-01%00")]
    public async Task A_zero_character_in_a_query_is_refused_as_one(string query)
    {
        await using var server = await DashboardServer.OpenAsync(Database);

        using var answer = await server.GetAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("ada\u202Eada", "", "name: found a character that is not seen")]
    [InlineData("ada", "a\u200Bb", "note: found a character that is not seen")]
    public async Task A_name_or_note_that_hides_or_turns_text_is_refused(string name, string note, string why)
    {
        await using var server = await DashboardServer.OpenAsync(Database);

        using var answer = await server.PostAsync("/api/v1/help/1/acknowledge", new { name, note });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}
