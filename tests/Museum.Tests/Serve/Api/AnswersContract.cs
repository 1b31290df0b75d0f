using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteAnswersTests() : AnswersContract(TestStore.SqliteAsync);

public sealed class PostgresAnswersTests(PostgresServer server)
    : AnswersContract(() => TestStore.PostgresAsync(server));

/// <summary>The calls behind the response times: each figure holds those that were answered, were not, or are
/// resolved.</summary>
public abstract class AnswersContract(Func<Task<TestStore>> create) : EveningContract(create)
{
    [Fact]
    public async Task Every_response_figure_is_the_calls_behind_it()
    {
        await using var server = await OpenAsync();
        var presses = await LivePresses.BeginAsync(server.Store);
        List<string> calls = [];
        for (var minute = 0; minute < 6; minute++)
            calls.Add(await presses.EmergencyAsync(Clock.GetUtcNow().AddMinutes(-minute)));
        await ActAsync("acknowledge", calls[0], calls[1], calls[2]);
        await ActAsync("resolve", calls[1], calls[3]);
        await ActAsync("reopen", calls[3]);
        Clock.Advance(TimeSpan.FromSeconds(2));

        var response = (await server.JsonAsync($"/api/v1/safety?{Week}")).GetProperty("response");

        Assert.Equal(
            (4, 2, 1),
            (
                response.GetProperty("answered").GetInt32(),
                response.GetProperty("unanswered").GetInt32(),
                response.GetProperty("resolved").GetInt32()
            )
        );
        Assert.Equal([calls[3], calls[2], calls[1], calls[0]], await IdsAsync("answered"));
        Assert.Equal([calls[5], calls[4]], await IdsAsync("unanswered"));
        Assert.Equal([calls[1]], await IdsAsync("resolved"));
        Assert.Equal([calls[1]], await IdsAsync("resolved&outcome=First aid"));
        Assert.Empty(await IdsAsync("resolved&outcome="));
        Assert.Equal(calls.AsEnumerable().Reverse(), await IdsAsync("any"));
        // History could not be answered; an hour without calls has none.
        Assert.Empty(await IdsAsync("any&hour=9"));
        var hour = await server.JsonAsync($"/api/v1/safety?{Week}&hour=9");
        Assert.Equal(0, hour.GetProperty("response").GetProperty("unanswered").GetInt32());

        async Task<List<string>> IdsAsync(string answer)
        {
            List<string> ids = [];
            for (string? cursor = ""; cursor is not null; )
            {
                var page = await server.JsonAsync(
                    $"/api/v1/help/events?{Week}&limit=2&cursor={cursor}&answer={answer}"
                );
                ids.AddRange(page.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("id").GetString()!));
                cursor = page.GetProperty("next").GetString();
                if (cursor is null)
                    Assert.Equal(ids.Count, page.GetProperty("total").GetInt32());
            }

            return ids;
        }

        async Task ActAsync(string action, params string[] ids)
        {
            using var done = await server.PostAsync(
                "/api/v1/help/act",
                new
                {
                    ids,
                    action,
                    name = "Ada",
                    note = "because",
                    outcome = action == "resolve" ? "First aid" : null,
                }
            );
            var said = await done.Content.ReadAsStringAsync(Cancel);
            Assert.Equal(ids.Length, JsonDocument.Parse(said).RootElement.GetProperty("done").GetArrayLength());
        }
    }
}
