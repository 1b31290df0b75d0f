namespace MuseumPipeline.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly MuseumProcess _museum = new();

    public void Dispose() => _museum.Dispose();

    [Theory]
    [InlineData("", "'museum' needs one of: load, consume, serve, report, ")]
    [InlineData("lod", "Did you mean 'load'?")]
    [InlineData("db stats", "Did you mean 'status'?")]
    [InlineData("db", "'museum db' needs one of: migrate, status, ping, reset-interactions")]
    [InlineData("load --buckt x", "'--buckt' is not understood by 'museum load'. Did you mean '--bucket'?")]
    [InlineData("load --targt=aws", "Did you mean '--target'?")]
    [InlineData("load a b", "'b' is not understood")]
    [InlineData("load a -b b", "the bucket is given twice")]
    [InlineData("load -b x --target mars", "--target: found 'mars', expected embedded, local, aws")]
    [InlineData("load -b x -nr some", "--num-rows: found 'some', expected a whole number, 0 or more")]
    [InlineData("load -b x -nr -5", "'-5' is not understood")]
    [InlineData("load -b x -l loudly", "--log: found 'loudly', expected true, false, console, file")]
    [InlineData("quarantine replay", "give either ID, --reason CODE or --all")]
    [InlineData("quarantine list --reason unknow_site", "did you mean 'unknown_site'?")]
    [InlineData("quarantine export held.xls", "expected a name that ends in .csv or .ndjson")]
    [InlineData("s3 download -b x --all --prefix p --to d", "give either --all or --prefix P")]
    [InlineData("s3 download -b x", "--to")]
    [InlineData("runs --most 0", "expected a whole number, 1 or more")]
    [InlineData("simulate bucket d --rows 3e6", "--rows: found '3e6', expected a whole number, 1 or more")]
    [InlineData("simulate bucket d --rows abc", "--rows: found 'abc', expected a whole number, 1 or more")]
    [InlineData("simulate bucket d --rows 0 --objects 2", "--rows: found '0'")]
    [InlineData("simulate bucket d --objects x", "--objects: found 'x', expected a whole number, 1 or more")]
    [InlineData("simulate bucket d --seed x", "--seed: found 'x', expected a whole number, 0 or more")]
    [InlineData("simulate bucket d --days 1e9", "--days: found '1e9', expected a whole number from 1 to 10000")]
    [InlineData("simulate bucket d --invalid-share x", "--invalid-share: found 'x', expected a number from 0 to 1")]
    [InlineData("simulate stream --seed q", "--seed: found 'q', expected a whole number, 0 or more")]
    [InlineData("simulate stream -n 1,000", "--messages: found '1,000', expected a whole number, 1 or more")]
    [InlineData("simulate stream --rate fast", "--rate: found 'fast'")]
    [InlineData("demo --rate x", "--rate: found 'x', expected a number from 0.001 to 10000")]
    [InlineData("verify --sample 1e3", "--sample: found '1e3', expected a whole number, 1 or more")]
    [InlineData("runs seven", "RUN: found 'seven', expected a whole number, 1 or more")]
    [InlineData("quarantine show x", "ID: found 'x', expected a whole number, 1 or more")]
    [InlineData("consume --max-messages 1e3", "--max-messages: found '1e3', expected a whole number, 1 or more")]
    [InlineData("consume --until-end --timeout 0", "--timeout: found '0', expected a whole number from 1 to 86400")]
    [InlineData("consume --timeout 5", "found --timeout without --until-end or --dry-run")]
    [InlineData("kafka rewind lmnh:x --to earliest", "expected a topic such as lmnh, or one of its partitions")]
    [InlineData("quarantine discard --why x", "give either ID or --reason CODE")]
    [InlineData("quarantine discard 1 --why=", "Required argument missing for option: '--why'")]
    [InlineData("simulate stream --topic t", "found --topic without --to")]
    [InlineData("load -b x --queue https://sqs.eu-west-2.amazonaws.com/1/q", "--queue needs --watch")]
    [InlineData("load -b x --watch --dry-run", "--watch never ends: --dry-run and --json are for")]
    [InlineData("buttons add rating x Superb", "VALUE: found 'x', expected a whole number, 0 or more")]
    [InlineData("buttons add foo 5 Superb", "KIND: found 'foo', expected rating, support")]
    [InlineData("users token add t --days x", "--days: found 'x', expected a whole number from 1 to 3650")]
    [InlineData("users token add t --days 0", "--days: found '0', expected a whole number from 1 to 3650")]
    [InlineData("museums change LMNH --opens noon", "expected a time of day such as 08:45")]
    [InlineData("consume --start soon", "--start: found 'soon', expected earliest, latest, group, or an ISO 8601 time")]
    public async Task A_command_line_that_is_not_understood_is_one_line_on_stderr_and_exit_2(
        string line,
        string message
    )
    {
        var outcome = await _museum.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(outcome.Out);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(
            message,
            Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_counts_besides_our_own_settings_is_shown_too_and_secrets_are_masked()
    {
        _museum.Write(".env", "KAFKA_FETCH_MIN_BYTES=5\nKAFKA_PLUGIN_LIBRARY_PATHS=nothing.so\n");
        foreach (
            var (key, value) in new[]
            {
                ("KAFKA_SASL_PASSWORD", "hidden"),
                ("KAFKA_HEAP_OPTS", "-Xmx1g"),
                ("PGUSER", "me"),
                ("PGPASSWORD", "hidden"),
                ("AWS_DEFAULT_REGION", "eu-west-1"),
                ("AWS_REGION", "eu-west-2"),
            }
        )
            _museum.Environment[key] = value;

        var outcome = await _museum.RunAsync("settings", "--json");

        Assert.Equal(
            [
                ("AWS_REGION", "eu-west-2", "environment"),
                ("PGUSER", "me", "environment"),
                ("PGPASSWORD", "***", "environment"),
                ("KAFKA_FETCH_MIN_BYTES", "5", ".env"),
                ("KAFKA_PLUGIN_LIBRARY_PATHS", "nothing.so", ".env"),
                ("KAFKA_SASL_PASSWORD", "***", "environment"),
            ],
            outcome
                .Json.GetProperty("settings")
                .EnumerateArray()
                .Where(s => s.GetProperty("origin").GetString() is not null)
                .Select(s =>
                    (
                        s.GetProperty("key").GetString()!,
                        s.GetProperty("value").GetString()!,
                        s.GetProperty("origin").GetString()!
                    )
                )
        );
        Assert.DoesNotContain("hidden", outcome.Out + outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_a_usage_error_is_an_object_as_well()
    {
        var outcome = await _museum.RunAsync("load", "--json", "--nonsense");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("load", outcome.Json.GetProperty("command").GetString());
        Assert.Equal(2, outcome.Json.GetProperty("error").GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task Help_names_every_verb_and_every_exit_code()
    {
        var outcome = await _museum.RunAsync("--help");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        foreach (
            var word in (string[])
                [
                    "load",
                    "s3",
                    "db",
                    "quarantine",
                    "runs",
                    "doctor",
                    "0 done",
                    "1 unexpected",
                    "2 usage",
                    "3 configuration",
                    "130 and 143",
                ]
        )
            Assert.Contains(word, outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_without_a_bucket_is_a_fault_of_the_configuration_that_names_the_setting()
    {
        var outcome = await _museum.RunAsync("load");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(
            "MUSEUM_BUCKET is not set: name the bucket or directory there or with -b",
            outcome.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_env_file_of_the_working_directory_is_read_and_another_can_be_named()
    {
        _museum.Write(".env", "MUSEUM_WORKERS=many\n");
        _museum.Write("other.env", "MUSEUM_WORKERS=few\n");

        Assert.Contains(
            "MUSEUM_WORKERS (.env): found 'many'",
            (await _museum.RunAsync("load", "x")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "MUSEUM_WORKERS (other.env): found 'few'",
            (await _museum.RunAsync("load", "x", "--env-file", "other.env")).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(3, (await _museum.RunAsync("load", "x", "--env-file", "absent.env")).ExitCode);
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_named()
    {
        Assert.Equal(0, (await _museum.RunAsync("db", "migrate")).ExitCode);

        var outcome = await _museum.RunAsync("runs", "77");

        Assert.Equal(5, outcome.ExitCode);
        Assert.Contains("there is no run 77 at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_makes_no_empty_database()
    {
        foreach (
            var verb in (string[])["runs", "db status", "quarantine list", "notify list", "db reset-interactions --yes"]
        )
        {
            var outcome = await _museum.RunAsync(verb.Split(' '));

            Assert.Equal(3, outcome.ExitCode);
            Assert.Contains("museum.db yet: museum load -b BUCKET creates it", outcome.Error, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFileSystemEntries(_museum.Directory));
    }

    [Fact]
    public async Task A_mistyped_directory_leaves_no_empty_database()
    {
        var outcome = await _museum.RunAsync("load", "-b", "./nowhere");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("Expected a directory, but ", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_museum.Directory));
    }
}
