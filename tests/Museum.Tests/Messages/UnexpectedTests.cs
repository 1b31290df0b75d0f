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
            // Settings, command, exit code, what is said.
            {
                "KAFKA_MAX_POLL_INTERVAL_MS=1000 BOOTSTRAP_SERVERS=127.0.0.1:1",
                "consume",
                3,
                "the settings of Kafka do not fit each other"
            },
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
            { "LOCAL_DB=x LOCAL_HOST=tcp:127.0.0.1", "db ping", 3, "LOCAL_HOST (environment): found 'tcp:127.0.0.1'" },
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
            {
                "AWS_ENDPOINT_URL_S3=http://127.0.0.1:7480 AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b",
                "load -b my-bucket--use1-az4--x-s3",
                3,
                "remove AWS_ENDPOINT_URL_S3"
            },
            {
                "AWS_ENDPOINT_URL_S3=http://127.0.0.1:7480?x",
                "load -b keys",
                3,
                "AWS_ENDPOINT_URL_S3 (environment): found"
            },
            {
                "AUTO_OFFSET=soon BOOTSTRAP_SERVERS=127.0.0.1:1",
                "consume",
                3,
                "set it to earliest, to latest, to group"
            },
            { "TOPIC=a/b BOOTSTRAP_SERVERS=127.0.0.1:1", "consume", 3, "names of topics, comma separated" },
            { "TOPIC=.. BOOTSTRAP_SERVERS=127.0.0.1:1", "consume", 3, "names of topics, comma separated" },
            {
                "KAFKA_FETCH_MIN_BYTES=x BOOTSTRAP_SERVERS=127.0.0.1:1",
                "consume",
                3,
                "see librdkafka's CONFIGURATION.md for"
            },
            { "MUSEUM_TARGET_MEAN=0", "runs", 3, "a mean rating above 0 and below the best" },
            { "MUSEUM_TRUSTED_PROXIES=x", "serve", 3, "addresses such as 10.0.0.5 or networks" },
            { "LOCAL_DB=x LOCAL_CA=/nowhere", "db ping", 3, "an existing file of root certificates (PEM)" },
            { "MUSEUM_BREAKER_SHARE=2", "runs", 3, "a number above 0 and up to 1" },
            { "", "museums change LMNH --name x --time-zone Mars", 2, "a name of the IANA list" },
            { "", "museums change LMNH --code a/b", 2, "1 to 32 letters, digits, - or _" },
            { "", "report --week 2023-W10 --for security --json", 2, "--json: the page itself would go to stdout" },
            { "", "buttons add rating 9 Nine", 2, "the next of the scale: a scale has no gaps" },
            { "", "buttons add support 9999 Late", 2, "what the kiosk sends as type" },
            { "", "sources remove nothing", 2, "" },
            { "", "db backup copy.db --database other.db", 3, "MUSEUM_DATABASE or --database names another" },
            { "", "db restore nothing.db", 2, "there is no file /" },
            { "", "db restore museum.db --database other.db", 2, "nothing was restored: this would put" },
            {
                "DATABASE_AUTH=iam DATABASE_NAME=m DATABASE_USERNAME=u DATABASE_IP=db.example.org",
                "db ping",
                3,
                "needs a region to sign for, and db.example.org names none"
            },
            { "", "verify nothing", 2, "" },
            {
                "",
                "s3 merge bucket -o bucket/lmnh_hist_data_9.csv",
                2,
                "is named like a part, and would be merged into itself"
            },
            { "TZDIR=/nonexistent", "load -b bucket", 3, "apt-get install tzdata" },
            { "TZDIR=/nonexistent", "consume --from in.ndjson", 3, "or let TZDIR name the directory" },
            { "TZDIR=/nonexistent", "serve --listen 127.0.0.1:0", 3, "" },
            { "TZDIR=/nonexistent", "report --week 2024-W01 --for security", 3, "apt-get install tzdata" },
            { "TZDIR=/nonexistent", "doctor", 3, "this machine has no data for the time zone Europe/London" },
            { "", "simulate bucket /proc/nowhere", 4, "cannot write to /proc/nowhere" },
            { "", "simulate stream --to /nowhere/x", 4, "--to /nowhere/x" },
            { "", "report --week 2024-W01 --for security -o /nowhere/x.html", 4, "there is no directory /nowhere" },
            { "", "quarantine export /nowhere/x.csv", 4, "there is no directory /nowhere" },
            { "", "s3 merge nowhere", 3, "does not exist" },
            { "", "s3 download -b bucket --to /proc/nowhere", 4, "Cannot write" },
            { "", "load -b /dev/null", 5, "found no record in the file" },
            { "", "load -b bucket --database /nowhere/x.db", 4, "cannot be opened or created" },
            { "", "load -b bucket --env-file bucket", 3, "is a directory: check --env-file" },
            { "", "load -b nobody's", 2, "names no bucket: expected NAME or s3://NAME/PREFIX" },
            { "", "consume --from bucket", 2, "expected a file of JSON lines" },
            { "", "report --week 2023-W99 --for security", 2, "expected an ISO week" },
            { "MUSEUM_LOG=file MUSEUM_LOG_FILE=/proc/x/y.log", "db ping", 3, "Check MUSEUM_LOG_FILE" },
            { "MUSEUM_PAST=yesterday", "runs", 3, "MUSEUM_PAST (environment): found 'yesterday'" },
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
