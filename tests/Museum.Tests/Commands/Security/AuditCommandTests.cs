using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace MuseumPipeline.Tests.Commands.Security;

/// <summary>Who did what, for people.</summary>
public sealed class AuditCommandTests : IAsyncLifetime
{
    private readonly MuseumProcess museum = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        museum.Environment["MUSEUM_NEW_PASSWORD"] = "seventeen quiet walruses";
        Assert.Equal(0, (await museum.RunAsync("users", "add", "ada", "--role", "viewer")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("users", "role", "ada", "operator")).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        museum.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task TamperAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={museum.Directory}/museum.db;Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }

    [Fact]
    public async Task It_is_listed_and_exported_and_proved()
    {
        var list = await museum.RunAsync("audit", "list", "--json");
        var newest = list.Json.GetProperty("rows")[0];
        Assert.Equal(
            ("users role", "machine", "ada", "operator"),
            (
                newest.GetProperty("event").GetString(),
                newest.GetProperty("provider").GetString(),
                newest.GetProperty("subject").GetString(),
                newest.GetProperty("detail").GetString()
            )
        );
        Assert.Contains("users add", (await museum.RunAsync("audit", "list")).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await museum.RunAsync("audit", "export", "who.jsonl")).ExitCode);
        var file = await File.ReadAllTextAsync(Path.Combine(museum.Directory, "who.jsonl"), Cancel);
        Assert.Equal(file, (await museum.RunAsync("audit", "export", "-")).Out);
        Assert.Equal(
            ["users add", "users role"],
            file.Trim().Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("event").GetString())
        );
        var refused = await museum.RunAsync("audit", "export", "no-such-directory/who.jsonl");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("cannot write ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_and_rows_missing_at_the_end_are_found()
    {
        var good = await museum.RunAsync("audit", "verify", "--json");
        Assert.Equal((0, true), (good.ExitCode, good.Json.GetProperty("good").GetBoolean()));
        var head = good.Json.GetProperty("head").GetString()!;
        Assert.Equal(0, (await museum.RunAsync("audit", "verify", "--expect", head)).ExitCode);

        await TamperAsync("drop trigger audit_event_keep; delete from audit_event where event = 'users role'");
        Assert.Equal(0, (await museum.RunAsync("audit", "verify")).ExitCode);
        var missing = await museum.RunAsync("audit", "verify", "--expect", head);
        Assert.Equal(5, missing.ExitCode);
        Assert.Contains("rows at its end were removed", missing.Out, StringComparison.Ordinal);

        await TamperAsync("drop trigger audit_event_keep_row; update audit_event set detail = 'nothing'");
        var changed = await museum.RunAsync("audit", "verify");
        Assert.Equal(5, changed.ExitCode);
        Assert.Contains("is not as it was written", changed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_months_are_retired_once_they_are_too_old()
    {
        var unset = await museum.RunAsync("audit", "retire");
        Assert.Equal(3, unset.ExitCode);
        Assert.Contains("neither MUSEUM_RETAIN_AUDIT nor MUSEUM_RETAIN_NOTES", unset.Error, StringComparison.Ordinal);
        museum.Environment["MUSEUM_RETAIN_AUDIT"] = "1";
        museum.Environment["MUSEUM_RETAIN_NOTES"] = "1";
        await TamperAsync(
            """
            insert into incident_action (press_id, museum_id, action, who, note, at)
              values (1, 1, 'note', 'ada', 'long ago', '2020-01-01T00:00:00.000000Z'),
                     (1, 1, 'note', 'ada', 'just now', '2999-01-01T00:00:00.000000Z');
            """
        );
        var retired = await museum.RunAsync("audit", "retire", "--json");
        Assert.Equal(
            (0, 1),
            (retired.Json.GetProperty("removed").GetInt64(), retired.Json.GetProperty("notes_emptied").GetInt32())
        );
        Assert.Equal(0, (await museum.RunAsync("audit", "verify")).ExitCode);
    }

    [Fact]
    public async Task Whoever_is_erased_is_gone_and_a_lost_device_is_forgotten()
    {
        Assert.Equal(0, (await museum.RunAsync("users", "second-factor", "ada")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("users", "second-factor", "eve")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("users", "erase", "Ada")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("users", "erase", "ada")).ExitCode);
        // A hash may spell the name by chance.
        var exported = Regex.Replace((await museum.RunAsync("audit", "export", "-")).Out, "[0-9a-f]{64}", "");
        Assert.DoesNotContain("ada", exported, StringComparison.Ordinal);
        Assert.Equal(0, (await museum.RunAsync("audit", "verify")).ExitCode);
    }
}
