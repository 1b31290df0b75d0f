using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace MuseumPipeline.Tests.Commands;

public sealed class LoadCommandTests : IDisposable
{
    private const string Header = "at,site,val,type\n";

    private readonly MuseumProcess _museum = new();

    public LoadCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(_museum.Directory, "bucket"));
        Directory.CreateDirectory(Path.Combine(_museum.Directory, "night"));
        _museum.Write(
            "bucket/lmnh_exhibition_cats.json",
            """{"EXHIBITION_NAME":"Cats","EXHIBITION_ID":"EXH_01","FLOOR":"1","DEPARTMENT":"Zoology","START_DATE":"01/02/23","DESCRIPTION":"Cats."}"""
        );
        _museum.Write(
            "bucket/lmnh_hist_data_0.csv",
            Header + "2023-03-06 09:00:00,1,4,\n2023-03-06 09:00:01,1,-1,1\n2023-03-06 09:00:02,9,3,\n"
        );
        _museum.Write(
            "bucket/lmnh_hist_data_1.csv",
            Header + "2023-03-06 10:00:00,1,0,\n2023-03-06 10:00:01,1,-1,\u001b[31m\n"
        );
        _museum.Write("bucket/lmnh_hist_data_all.csv", Header);
    }

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task A_dry_run_needs_no_database_and_leaves_none()
    {
        var outcome = await _museum.RunAsync("load", "-b", "bucket", "--json", "--dry-run");

        Assert.Equal(
            (0, 5, 2),
            (
                outcome.ExitCode,
                outcome.Json.GetProperty("read").GetInt32(),
                outcome.Json.GetProperty("quarantined").GetInt32()
            )
        );
        Assert.Empty(Directory.GetFiles(_museum.Directory, "museum.db*"));
    }

    [Theory]
    [InlineData("true", "", 1)]
    [InlineData("true", "--opening-hours false", 0)]
    [InlineData("false", "--opening-hours", 1)]
    public async Task The_setting_of_the_opening_hours_counts_where_no_option_says_otherwise(
        string setting,
        string options,
        int refused
    )
    {
        _museum.Write("night/lmnh_hist_data_0.csv", Header + "2023-03-06 03:00:00,1,4,\n2023-03-06 09:00:00,1,4,\n");
        File.Copy(
            Path.Combine(_museum.Directory, "bucket", "lmnh_exhibition_cats.json"),
            Path.Combine(_museum.Directory, "night", "lmnh_exhibition_cats.json")
        );
        _museum.Environment["MUSEUM_OPENING_HOURS"] = setting;

        var outcome = await _museum.RunAsync([
            .. $"load -b night --json {options}".Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        Assert.Equal((0, refused), (outcome.ExitCode, outcome.Json.GetProperty("quarantined").GetInt32()));
    }

    [Fact]
    public async Task A_log_on_a_full_disk_costs_no_row_and_no_success()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full, the device that is always full");

        _museum.Environment["MUSEUM_LOG_FILE"] = "/dev/full";

        var outcome = await _museum.RunAsync("load", "-b", "bucket", "--json", "--log", "file");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(5, outcome.Json.GetProperty("read").GetInt32());
        Assert.Contains("the log is not complete", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_object_with_the_promised_keys_in_their_order()
    {
        var outcome = await _museum.RunAsync("load", "-b", "bucket", "--json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Complaints));
        string[] promised =
        [
            "command",
            "target",
            "read",
            "ratings",
            "support",
            "quarantined",
            "already",
            "skipped",
            "possible_help",
            "reasons",
            "ignored_objects",
            "sources",
            "balanced",
            "seconds",
        ];
        Assert.Equal(promised, outcome.Json.EnumerateObject().Select(p => p.Name).Take(promised.Length));
        Assert.Equal(
            "load embedded 5 2 1 2 0 0 1",
            string.Join(' ', promised.Take(9).Select(k => outcome.Json.GetProperty(k).ToString()))
        );
        Assert.Equal("""{"invalid_type":1,"unknown_site":1}""", outcome.Json.GetProperty("reasons").GetRawText());
        Assert.Equal("""["lmnh_hist_data_all.csv"]""", outcome.Json.GetProperty("ignored_objects").GetRawText());
        var source = outcome.Json.GetProperty("sources")[0];
        Assert.Equal(
            ["name", "version", "state", "read", "ratings", "support", "quarantined", "already", "skipped"],
            source.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("loaded", source.GetProperty("state").GetString());
        Assert.True(outcome.Json.GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task The_summary_speaks_plainly_and_the_second_load_changes_nothing()
    {
        var first = await _museum.RunAsync("load", "bucket");
        var second = await _museum.RunAsync("load", "bucket", "--json");

        Assert.Equal(0, first.ExitCode);
        foreach (
            var words in (string[])
                [
                    "no such exhibition yet",
                    "1 of them may have been calls for help",
                    "1 ignored",
                    "In balance: 5 read = 2 ratings + 1 help + 2 quarantined",
                ]
        )
            Assert.Contains(words, first.Out, StringComparison.Ordinal);
        Assert.Equal(
            (5, 0),
            (second.Json.GetProperty("already").GetInt32(), second.Json.GetProperty("ratings").GetInt32())
        );
    }

    [Theory]
    [InlineData("-nr")]
    [InlineData("--num_rows")]
    [InlineData("--num-rows")]
    public async Task Every_spelling_of_the_row_limit_is_understood(string option)
    {
        var outcome = await _museum.RunAsync("load", "-b", "bucket", option, "1", "--json");

        Assert.Equal(
            (1, 1),
            (outcome.Json.GetProperty("ratings").GetInt32(), outcome.Json.GetProperty("support").GetInt32())
        );
        Assert.True(outcome.Json.GetProperty("skipped").GetInt32() > 0);
    }

    [Theory]
    [InlineData("-l")]
    [InlineData("-l true")]
    [InlineData("--log file")]
    [InlineData("--log=True")]
    public async Task The_log_goes_to_the_file_when_asked(string option)
    {
        var outcome = await _museum.RunAsync(["load", "-b", "bucket", .. option.Split(' ')]);
        var log = await File.ReadAllTextAsync(Path.Combine(_museum.Directory, "logs", "museum.log"));

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Complaints));
        Assert.Contains("INFO  load: 5 read = 2 ratings + 1 support + 2 quarantined", log, StringComparison.Ordinal);
        Assert.Contains("INFO  load: finished with exit code 0", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_a_fault_of_the_configuration()
    {
        _museum.Environment["MUSEUM_LOG_FILE"] = "bucket";

        var outcome = await _museum.RunAsync("load", "-b", "bucket", "-l");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("MUSEUM_LOG_FILE", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_with_json_is_one_object_too()
    {
        var outcome = await _museum.RunAsync("load", "-b", "./absent", "--json");

        Assert.Equal(outcome.ExitCode, outcome.Json.GetProperty("error").GetProperty("exit_code").GetInt32());
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.StartsWith("error: ", outcome.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_and_records_reach_no_terminal_raw()
    {
        _museum.Write("bucket/\u001b]0;owned\u0007[red]\u202Etxt", "");

        var load = await _museum.RunAsync("load", "-b", "bucket");
        var list = await _museum.RunAsync("quarantine", "list");
        var objects = await _museum.RunAsync("s3", "objects", "-b", "bucket");

        Assert.Contains(@"\u{1B}]0;owned\u{7}[red]\u{202E}txt", load.Out, StringComparison.Ordinal);
        Assert.Contains(@"\u{1B}[31m", list.Out, StringComparison.Ordinal);
        foreach (var text in (string[])[load.Out, load.Error, list.Out, objects.Out])
            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c == '\u202E');
    }

    [Fact]
    public async Task Held_records_can_be_listed_shown_exported_and_replayed()
    {
        await _museum.RunAsync("load", "-b", "bucket");
        var list = await _museum.RunAsync("quarantine", "list", "--reason", "unknown_site", "--json");
        var id = list.Json.GetProperty("records")[0].GetProperty("id").GetInt64();
        var show = await _museum.RunAsync("quarantine", "show", $"{id}");
        var csv = await _museum.RunAsync("quarantine", "export", "held.csv");
        var ndjson = await _museum.RunAsync("quarantine", "export", "held.ndjson", "--json");
        _museum.Write(
            "bucket/lmnh_exhibition_dogs.json",
            """{"EXHIBITION_NAME":"Dogs","EXHIBITION_ID":"EXH_09","FLOOR":"1","DEPARTMENT":"Zoology","START_DATE":"01/02/23","DESCRIPTION":"Dogs."}"""
        );
        await _museum.RunAsync("load", "-b", "bucket");
        var replay = await _museum.RunAsync("quarantine", "replay", "--reason", "unknown_site", "--json");

        Assert.Contains("2023-03-06 09:00:02,9,3,", show.Out, StringComparison.Ordinal);
        Assert.Equal(0, csv.ExitCode);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(_museum.Directory, "held.csv"))).Length);
        Assert.Equal(2, ndjson.Json.GetProperty("records").GetInt32());
        Assert.All(
            await File.ReadAllLinesAsync(Path.Combine(_museum.Directory, "held.ndjson")),
            line => JsonDocument.Parse(line).Dispose()
        );
        Assert.Equal(
            (1, 1),
            (replay.Json.GetProperty("replayed").GetInt32(), replay.Json.GetProperty("ratings").GetInt32())
        );
        Assert.Equal(5, (await _museum.RunAsync("quarantine", "show", "99")).ExitCode);
    }

    [Fact]
    public async Task Runs_and_status_tell_what_was_loaded_and_that_it_balances()
    {
        await _museum.RunAsync("load", "-b", "bucket");

        var runs = (await _museum.RunAsync("runs", "--json")).Json.GetProperty("runs")[0];
        var status = await _museum.RunAsync("db", "status", "--json");

        Assert.Equal(
            ("done", 5, true),
            (
                runs.GetProperty("state").GetString(),
                runs.GetProperty("read").GetInt32(),
                runs.GetProperty("balanced").GetBoolean()
            )
        );
        Assert.Equal((0, true), (status.ExitCode, status.Json.GetProperty("balanced").GetBoolean()));
        Assert.Contains("lmnh_hist_data_1.csv", (await _museum.RunAsync("runs", "1")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interactions_are_removed_only_when_one_insists()
    {
        await _museum.RunAsync("load", "-b", "bucket");

        var asked = await _museum.RunAsync("db", "reset-interactions");
        var insisted = await _museum.RunAsync("db", "reset-interactions", "--yes", "--json");

        Assert.Equal(2, asked.ExitCode);
        Assert.Contains(
            "this would take 2 ratings, 1 calls for help and 2 quarantined records of 2 objects",
            asked.Error,
            StringComparison.Ordinal
        );
        Assert.Equal((0, 2), (insisted.ExitCode, insisted.Json.GetProperty("ratings").GetInt32()));
    }

    [Theory]
    [InlineData("kill -INT $0", 130)]
    [InlineData("kill -TERM $0", 143)]
    // As timeout(1) does.
    [InlineData("kill -TERM $0; sleep 0.03; kill -TERM $0", 143)]
    public async Task A_signal_stops_a_load_cleanly_and_the_next_one_continues(string kills, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no signals on Windows");
        Assert.Equal(
            0,
            (await _museum.RunAsync("simulate", "bucket", "large", "--rows", "3000000", "--objects", "30")).ExitCode
        );
        using var process = _museum.Start("load", "-b", "large", "--json");
        // The ledger's first commit shows that the load is running.
        while (
            !process.HasExited
            && (await _museum.RunAsync("runs", "--json")) is var runs
            && (runs.ExitCode != 0 || Read(runs) == 0)
        )
            await Task.Yield();

        Assert.False(process.HasExited);
        using (var kill = Process.Start("sh", ["-c", kills, $"{process.Id}"]))
            await kill.WaitForExitAsync();
        var stopped = await MuseumProcess.FinishAsync(process);
        var resumed = await _museum.RunAsync("load", "-b", "large", "--json");

        Assert.Equal(exitCode, stopped.ExitCode);
        Assert.Contains("rolled back", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(3_000_000, resumed.Json.GetProperty("read").GetInt64());
        Assert.True(resumed.Json.GetProperty("already").GetInt64() is > 0 and < 3_000_000);
        Assert.Equal(0, (await _museum.RunAsync("db", "status")).ExitCode);

        static long Read(MuseumProcess.Outcome runs) =>
            runs.Json.GetProperty("runs").EnumerateArray().Sum(r => r.GetProperty("read").GetInt64());
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_no_fault()
    {
        var rows = new StringBuilder(Header);
        for (var i = 0; i < 2000; i++)
            rows.Append("never,1,4,\n");
        _museum.Write("bucket/lmnh_hist_data_2.csv", rows.ToString());
        _museum.Environment["MUSEUM_BREAKER_LEAST"] = "100000";
        await _museum.RunAsync("load", "-b", "bucket");
        using var process = _museum.Start("quarantine", "list", "--most", "2000");
        process.StandardOutput.Close();

        await process.WaitForExitAsync();

        Assert.Equal((0, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync()));
    }
}
