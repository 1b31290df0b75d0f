using System.Globalization;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Messages;

/// <summary>Whatever a user can cause is told with what to do about it: none of these is a fault of the
/// program.</summary>
public sealed class UnexpectedTests(PostgresServer server) : IDisposable
{
    private readonly MuseumProcess _museum = new();

    public void Dispose() => _museum.Dispose();

    public static TheoryData<string, string, int, string> Lines =>
        new()
        {
            // Settings, command, exit code, what is said. Those whose fix can be typed are in Fixes/.
            {
                "KAFKA_MAX_POLL_INTERVAL_MS=1000 BOOTSTRAP_SERVERS=127.0.0.1:1",
                "consume --dry-run",
                3,
                "KAFKA_MAX_POLL_INTERVAL_MS"
            },
            {
                "KAFKA_MAX_POLL_INTERVAL_MS=1000 BOOTSTRAP_SERVERS=127.0.0.1:1",
                "doctor",
                3,
                "KAFKA_MAX_POLL_INTERVAL_MS"
            },
            {
                "LOCAL_DB=x LOCAL_HOST=127.0.0.1:5433",
                "db ping",
                3,
                "LOCAL_HOST (environment): found '127.0.0.1:5433'"
            },
            {
                "LOCAL_DB=x LOCAL_HOST=a,b",
                "db ping",
                3,
                "LOCAL_HOST (environment): found 'a,b', expected one server's name or address"
            },
            { "DATABASE_IP=postgres://db", "db ping", 3, "DATABASE_IP (environment): found 'postgres://db'" },
            { "TOPIC=.. BOOTSTRAP_SERVERS=127.0.0.1:1", "consume", 3, "names of topics, comma separated" },
            { "MUSEUM_TRUSTED_PROXIES=x", "serve", 3, "addresses such as 10.0.0.5 or networks" },
            { "", "db restore museum.db --database other.db", 2, "nothing was restored: this would put" },
            {
                "DATABASE_AUTH=iam DATABASE_NAME=m DATABASE_USERNAME=u DATABASE_IP=db.example.org",
                "db ping",
                3,
                "needs a region to sign for, and db.example.org names none"
            },
            { "TZDIR=/nonexistent", "load -b bucket", 3, "apt-get install tzdata" },
            { "TZDIR=/nonexistent", "consume --from in.ndjson", 3, "or let TZDIR name the directory" },
            { "TZDIR=/nonexistent", "serve --listen 127.0.0.1:0", 3, "" },
            { "TZDIR=/nonexistent", "report --week 2024-W01 --for security", 3, "apt-get install tzdata" },
            { "TZDIR=/nonexistent", "doctor", 3, "this machine has no data for the time zone Europe/London" },
            { "", "s3 download -b bucket --to /proc/nowhere", 4, "Cannot write" },
            { "MUSEUM_DATABASE=bucket", "runs", 3, "" },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task What_a_user_can_cause_is_explained(string settings, string command, int exitCode, string said)
    {
        await PrepareAsync();
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            _museum.Environment[setting[..setting.IndexOf('=')]] = setting[(setting.IndexOf('=') + 1)..];

        var outcome = await _museum.RunAsync(command.Split(' '));

        Assert.True(outcome.ExitCode == exitCode, $"exit code {outcome.ExitCode}: {outcome.Error}{outcome.Out}");
        Assert.Contains(said, outcome.Error + outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_blank_is_no_name_and_no_reason()
    {
        await PrepareAsync();
        var name = await _museum.RunAsync("museums", "change", "LMNH", "--name", " ");
        var reason = await _museum.RunAsync("quarantine", "discard", "1", "--why", " ");

        Assert.Equal((2, 2), (name.ExitCode, reason.ExitCode));
        Assert.Contains("characters on one line", name.Error, StringComparison.Ordinal);
        Assert.Contains("--why: found nothing, expected a reason", reason.Error, StringComparison.Ordinal);
    }

    /// <summary>Variables that libpq reads, and Npgsql with it.</summary>
    [Theory]
    [InlineData("PGREQUIREAUTH", "md5")]
    [InlineData("PGSSLNEGOTIATION", "direct")]
    [InlineData("PGTARGETSESSIONATTRS", "standby")]
    [InlineData("PGCLIENTENCODING", "LATIN1")]
    [InlineData("PGUSER", "somebody-else")]
    [InlineData("PGPASSWORD", "wrong")]
    public async Task A_variable_of_another_program_changes_nothing(string variable, string value)
    {
        await using var database = await server.FreshDatabaseAsync();
        var c = database.Connection;
        _museum.Environment["LOCAL_HOST"] = c.Host!;
        _museum.Environment["LOCAL_PORT"] = c.Port.ToString(CultureInfo.InvariantCulture);
        _museum.Environment["LOCAL_DB"] = c.Database!;
        _museum.Environment["LOCAL_USERNAME"] = c.Username!;
        _museum.Environment["LOCAL_PASSWORD"] = c.Password ?? "";
        _museum.Environment[variable] = value;

        var ping = await _museum.RunAsync("db", "ping");

        Assert.True(ping.ExitCode == 0, ping.Error);
    }

    private async Task PrepareAsync()
    {
        Assert.Equal(0, (await _museum.RunAsync("db", "migrate")).ExitCode);
        var bucket = Directory.CreateDirectory(Path.Combine(_museum.Directory, "bucket")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(bucket, "lmnh_hist_data_0.csv"),
            "at,site,val,type\n2024-01-03 10:00:00,1,4,\n",
            TestContext.Current.CancellationToken
        );
        _museum.Write("in.ndjson", "{}\n");
    }
}
