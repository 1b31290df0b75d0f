using System.Globalization;
using MuseumPipeline.Tests.Load.Import;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

/// <summary>A database that is somebody else's already: two ways on, and each works as typed.</summary>
public sealed class DbCommandTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MuseumProcess museum = new();
    private OriginalSchema original = null!;

    public async ValueTask InitializeAsync()
    {
        original = await OriginalSchema.CreateAsync(server);
        museum.Environment["LOCAL_HOST"] = original.Connection.Host!;
        museum.Environment["LOCAL_PORT"] = original.Connection.Port.ToString(CultureInfo.InvariantCulture);
        museum.Environment["LOCAL_DB"] = original.Connection.Database!;
        museum.Environment["LOCAL_USERNAME"] = original.Connection.Username!;
        museum.Environment["LOCAL_PASSWORD"] = original.Connection.Password!;
    }

    public async ValueTask DisposeAsync()
    {
        museum.Dispose();
        await original.DisposeAsync();
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("load", "-b", "{0}")]
    [InlineData("consume", "--from", "{1}")]
    [InlineData("db", "migrate")]
    [InlineData("db", "status")]
    public async Task Tables_that_are_not_ours_are_told_with_both_ways_on(params string[] command)
    {
        var arguments = command.Select(word =>
            string.Format(CultureInfo.InvariantCulture, word, Samples.Day, Samples.Messages)
        );

        var outcome = await museum.RunAsync([.. arguments]);

        Assert.Equal(3, outcome.ExitCode);
        var said = string.Join(
            ' ',
            (outcome.Out + outcome.Error).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Contains("department, exhibition, floor, rating_instance", said, StringComparison.Ordinal);
        Assert.Contains("MUSEUM_SCHEMA=museum", said, StringComparison.Ordinal);
        Assert.Contains("museum db import --from public", said, StringComparison.Ordinal);
        Assert.Equal(["7"], await TablesAsync("public"));
    }

    [Fact]
    public async Task Their_rows_are_taken_over_and_everything_goes_on_beside_them()
    {
        var imported = await museum.RunAsync("db", "import", "--from", "public", "--json");

        Assert.Equal(0, imported.ExitCode);
        Assert.Equal(31_200, imported.Json.GetProperty("read").GetInt64());
        Assert.True(imported.Json.GetProperty("numbers_kept").GetBoolean());
        Assert.Equal("Europe/London", imported.Json.GetProperty("time_zone").GetString());
        Assert.Equal(["7"], await TablesAsync("public"));
        Assert.Equal(0, (await museum.RunAsync("db", "status")).ExitCode);
        var doctor = await museum.RunAsync("doctor");
        Assert.Equal(0, doctor.ExitCode);
        Assert.Contains("schema museum", doctor.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await museum.RunAsync("load", "-b", Samples.Day)).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("db", "migrate", "--views")).ExitCode);
        var again = await museum.RunAsync("db", "import", "--from", "public", "--json");
        Assert.Equal(31_200, again.Json.GetProperty("already").GetInt64());
        Assert.Equal(["30000"], await original.QueryAsync("select count(*)::text from public.rating_instance"));
    }

    [Fact]
    public async Task A_schema_of_our_own_stands_beside_them_and_beside_another_of_ours()
    {
        foreach (var schema in (string[])["one", "two"])
        {
            museum.Environment["MUSEUM_SCHEMA"] = schema;
            var load = await museum.RunAsync("load", "-b", Samples.Day, "--json");
            Assert.Equal(
                load.Json.GetProperty("read").GetInt64() - load.Json.GetProperty("already").GetInt64(),
                load.Json.GetProperty("read").GetInt64()
            );
            var status = await museum.RunAsync("db", "status", "--json");
            Assert.Equal(load.Json.GetProperty("ratings").GetInt64(), status.Json.GetProperty("ratings").GetInt64());
        }

        Assert.Equal(["7"], await TablesAsync("public"));
    }

    [Fact]
    public async Task A_password_on_the_command_line_is_refused_and_not_repeated()
    {
        var outcome = await museum.RunAsync("db", "import", "--from", "postgresql://me:hunter2@127.0.0.1/museum");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("IMPORT_PASSWORD", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", outcome.Out + outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_wrong_makes_no_database()
    {
        var away = await museum.RunAsync(
            "db",
            "import",
            "--database",
            "mine.db",
            "--from",
            "postgresql://127.0.0.1:1/m"
        );
        museum.Environment["MUSEUM_SCHEMA"] = "mine";
        var other = await museum.RunAsync("db", "import", "--from", "nowhere");

        Assert.Equal((4, 5), (away.ExitCode, other.ExitCode));
        Assert.Contains(
            "nothing listens at 127.0.0.1:1. To fix it: check --from, and",
            away.Error,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.GetFiles(museum.Directory, "*.db*"));
        Assert.Equal(["0"], await TablesAsync("mine"));
    }

    [Fact]
    public async Task From_a_server_into_the_file_with_the_password_of_a_file()
    {
        museum.Write("password", original.Connection.Password + "\n");
        museum.Environment["IMPORT_PASSWORD_FILE"] = "password";
        var c = original.Connection;

        var outcome = await museum.RunAsync(
            "db",
            "import",
            "--database",
            "mine.db",
            "--from",
            $"postgresql://{c.Username}@{c.Host}:{c.Port}/{c.Database}",
            "--json"
        );

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("embedded", outcome.Json.GetProperty("target").GetString());
        Assert.Equal(31_200, outcome.Json.GetProperty("read").GetInt64());
    }

    private Task<List<string>> TablesAsync(string schema) =>
        original.QueryAsync($"select count(*)::text from pg_tables where schemaname = '{schema}'");
}
