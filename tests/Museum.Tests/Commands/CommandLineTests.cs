namespace MuseumPipeline.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly MuseumProcess _museum = new();

    public void Dispose() => _museum.Dispose();

    [Theory]
    [InlineData(
        "",
        "'museum' needs one of: load, consume, serve, report, demo, kafka, s3, db, quarantine, sources, verify, "
            + "runs, museums, buttons, users, doctor, simulate, settings, help, version, completion"
    )]
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
    [InlineData("quarantine replay", "give either --reason CODE or --all")]
    [InlineData("quarantine list --reason unknow_site", "did you mean 'unknown_site'?")]
    [InlineData("quarantine export held.xls", "expected a name that ends in .csv or .ndjson")]
    [InlineData("s3 download -b x --all --prefix p --to d", "give either --all or --prefix P")]
    [InlineData("s3 download -b x", "--to")]
    [InlineData("runs --most 0", "expected a whole number, 1 or more")]
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
    public async Task A_question_makes_no_empty_database()
    {
        foreach (var verb in (string[])["runs", "db status", "quarantine list", "db reset-interactions --yes"])
        {
            var outcome = await _museum.RunAsync(verb.Split(' '));

            Assert.Equal(3, outcome.ExitCode);
            Assert.Contains("museum.db yet", outcome.Error, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFileSystemEntries(_museum.Directory));
    }
}
