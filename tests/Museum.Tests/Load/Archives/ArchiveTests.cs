using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Archives;

public sealed class SqliteArchiveTests() : ArchiveContract(TestStore.SqliteAsync);

public sealed class PostgresArchiveTests(PostgresServer server)
    : ArchiveContract(() => TestStore.PostgresAsync(server));

/// <summary>What <c>museum consume --from</c> does with a file of messages, over either database.</summary>
public abstract class ArchiveContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly StreamOptions Options = new(CleaningRules.Stream, TimeProvider.System);
    private readonly string directory = Directory.CreateTempSubdirectory("museum-archive-").FullName;
    private Museum museum = null!;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        museum = (await Database.Store.Museums.ListAsync(CancellationToken.None)).Single();
        for (var site = 0; site < 4; site++)
        {
            var facts = new ExhibitionFacts(
                $"EXH_{site:00}",
                $"{site}",
                $"Exhibition {site}",
                "1",
                "Zoology",
                new DateOnly(2023, 2, 1),
                "…"
            );
            await Database.Store.Museums.UpsertExhibitionAsync(museum.Id, facts, CancellationToken.None);
        }
    }

    protected override ValueTask EndAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>This many messages, from this number on; every tenth is a call for help, and every tenth after it from
    /// an unknown site.</summary>
    private static string Lines(int count, int first = 0)
    {
        var text = new StringBuilder();
        for (var number = first; number < first + count; number++)
        {
            var at = new DateTime(2024, 10, 21, 10, 0, 0, DateTimeKind.Unspecified).AddSeconds(number % 20_000);
            var press = number % 10 == 0 ? "-1, \"type\": 0" : "3";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{{\"at\": \"{at:yyyy-MM-ddTHH:mm:ss}+01:00\", \"site\": "
                    + $"\"{(number % 10 == 1 ? 99 : number % 4)}\", \"val\": {press}}}\n"
            );
        }

        return text.ToString();
    }

    private async Task<RunReport> LoadAsync(
        string from,
        StreamOptions? options = null,
        MuseumStore? store = null,
        string? input = null,
        byte[]? raw = null,
        bool dryRun = false,
        CancellationToken cancel = default
    )
    {
        using var archive = await Archive.OpenAsync(
            from,
            new MemoryStream(raw ?? Encoding.UTF8.GetBytes(input ?? "")),
            Path.GetTempPath(),
            cancel
        );
        var loader = new ArchiveLoader(store ?? Database.Store, options ?? Options, NullLogger.Instance);
        return dryRun
            ? await loader.DryRunAsync(archive, museum, cancel)
            : await loader.RunAsync(archive, museum, $"--from {archive.Name}", cancel);
    }

    private async Task AssertHoldsAsync(long ratings, long support, long quarantined)
    {
        var status = await Database.Store.Maintenance.StatusAsync(CancellationToken.None);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal((ratings, support, quarantined), (status.Ratings, status.Support, status.QuarantineHeld));
    }

    [Fact]
    public async Task A_file_is_loaded_once_wherever_it_lies_and_whatever_it_is_called()
    {
        var file = Write("kiosks.ndjson", Lines(100));
        var first = await LoadAsync(file);
        Assert.Equal(new Counts(100, 80, 10, 10, 0, 0, 0), first.Counts);
        Assert.Equal(10, first.Reasons["unknown_site"]);

        Assert.Equal(new Counts(100, 0, 0, 0, 100, 0, 0), (await LoadAsync(file)).Counts);
        Assert.Equal(new Counts(100, 0, 0, 0, 100, 0, 0), (await LoadAsync(Write("moved.log.1", Lines(100)))).Counts);
        Assert.Equal(new Counts(100, 0, 0, 0, 100, 0, 0), (await LoadAsync("-", input: Lines(100))).Counts);
        Assert.Equal("already", (await LoadAsync(file)).Sources.Single().State);
        await AssertHoldsAsync(80, 10, 10);
        Assert.Equal(1, await Database.NumberAsync("select count(*) from source"));
    }

    [Fact]
    public async Task A_file_that_has_grown_is_loaded_on_from_where_it_ended()
    {
        var file = Write("kiosks.ndjson", Lines(100));
        await LoadAsync(file);
        File.AppendAllText(file, Lines(50, first: 100));

        Assert.Equal(new Counts(150, 40, 5, 5, 100, 0, 0), (await LoadAsync(file)).Counts);
        Assert.Equal(new Counts(150, 0, 0, 0, 150, 0, 0), (await LoadAsync("-", input: Lines(150))).Counts);
        await AssertHoldsAsync(120, 15, 15);
        Assert.Equal(
            [102L, 112, 122, 132, 142],
            (await Database.Store.Quarantine.ListAsync(new QuarantineFilter(), CancellationToken.None))
                .Select(q => q.Position)
                .Where(line => line > 100)
        );
    }

    [Fact]
    public async Task A_file_with_other_content_is_another_file()
    {
        var file = Write("kiosks.ndjson", Lines(100));
        await LoadAsync(file);
        Write("kiosks.ndjson", Lines(100, first: 1000));

        Assert.Equal(new Counts(100, 80, 10, 10, 0, 0, 0), (await LoadAsync(file)).Counts);
        await AssertHoldsAsync(160, 20, 20);
        Write("kiosks.ndjson", Lines(100));
        Assert.Equal(100, (await LoadAsync(file)).Counts.Already);
    }

    [Fact]
    public async Task The_beginning_of_a_known_file_is_loaded_only_on_request()
    {
        await LoadAsync(Write("kiosks.ndjson", Lines(100)));

        var beginning = Write("beginning.ndjson", Lines(40));
        var error = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync(beginning));
        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Contains("--again", error.Message, StringComparison.Ordinal);
        await AssertHoldsAsync(80, 10, 10);

        Assert.Equal(40, (await LoadAsync(beginning, Options with { Again = true })).Counts.Read);
        await AssertHoldsAsync(112, 14, 14);
        Assert.Equal(120, (await LoadAsync(Write("grown.ndjson", Lines(120)))).Counts.Read);
        // It begins with two archives; the longer one is continued.
        await AssertHoldsAsync(128, 16, 16);
    }

    [Fact]
    public async Task What_a_link_leads_to_is_the_archive_and_not_the_link()
    {
        Write("day1.ndjson", Lines(30));
        Write("day2.ndjson", Lines(35, 1000));
        Write("emergency.ndjson", "{\"at\": \"2024-10-22T12:00:00Z\", \"site\": \"2\", \"val\": -1, \"type\": 1}\n");
        var link = Path.Combine(directory, "latest.ndjson");
        foreach (var (name, records) in new[] { ("day1", 30), ("day2", 35), ("emergency", 1) })
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, Path.Combine(directory, name + ".ndjson"));
            var report = await LoadAsync(link);
            Assert.Equal((records, 0), (report.Counts.Read, report.Counts.Already));
        }

        Assert.Equal(1, await Database.NumberAsync("select count(*) from support_instance where support_type_id = 2"));
    }

    [Fact]
    public async Task A_pipe_is_read_once_and_whole()
    {
        var pipe = Path.Combine(directory, "pipe");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", pipe))
            await mkfifo.WaitForExitAsync(Cancel);
        var writing = Task.Run(() => File.WriteAllText(pipe, Lines(5000)), Cancel);

        Assert.Equal(5000, (await LoadAsync(pipe)).Counts.Read);
        await writing;
        await AssertHoldsAsync(4000, 500, 500);
        Assert.Equal(5000, (await LoadAsync(Write("file.ndjson", Lines(5000)))).Counts.Already);
    }

    [Fact]
    public async Task A_packed_archive_is_what_it_holds_and_one_that_was_cut_is_refused_whole()
    {
        var packed = Path.Combine(directory, "day.gz");
        File.WriteAllBytes(packed, Gzip(Lines(500)));

        Assert.Equal(500, (await LoadAsync(packed)).Counts.Read);
        Assert.Equal(500, (await LoadAsync(Write("day.ndjson", Lines(500)))).Counts.Already);
        Assert.Equal(500, (await LoadAsync("-", raw: Gzip(Lines(500)))).Counts.Already);

        var whole = Gzip(Lines(500, 5000));
        foreach (var bytes in new[] { whole.Length - 1, whole.Length - 8, whole.Length / 2 })
        {
            File.WriteAllBytes(packed, whole[..bytes]);
            var error = await Assert.ThrowsAnyAsync<MuseumException>(() => LoadAsync(packed));
            Assert.Equal(ExitCode.DataRefused, error.ExitCode);
            Assert.Contains("cut or damaged", error.Message, StringComparison.Ordinal);
        }

        await AssertHoldsAsync(400, 50, 50);
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (
            var stream = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest)
        )
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    [Fact]
    public async Task The_same_messages_with_other_line_ends_are_found()
    {
        await LoadAsync(Write("kiosks.ndjson", Lines(100)));

        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            LoadAsync(Write("crlf.ndjson", Lines(100).Replace("\n", "\r\n", StringComparison.Ordinal)))
        );
        Assert.Contains(
            "its presses are already there, from archive:LMNH/sha256:",
            error.Message,
            StringComparison.Ordinal
        );
        await AssertHoldsAsync(80, 10, 10);
    }

    [Fact]
    public async Task An_archive_that_was_removed_is_not_loaded_again_without_being_asked()
    {
        var file = Write("kiosks.ndjson", Lines(100));
        await LoadAsync(file);
        var source = Assert.Single(await Database.Store.Ledger.ListAsync(Cancel));
        await Database.Store.Ledger.RemoveAsync(source.Row.Id, new OperatorMove("ann", "sources remove", ""), Cancel);
        await AssertHoldsAsync(0, 0, 0);

        var error = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync(file));
        Assert.Contains("removed by ann on", error.Message, StringComparison.Ordinal);
        await LoadAsync(file, Options with { Again = true });
        await AssertHoldsAsync(80, 10, 10);
        Assert.Equal(100, (await LoadAsync(file)).Counts.Already);
    }

    [Fact]
    public async Task A_last_line_without_its_end_is_a_line_and_may_get_its_end_later()
    {
        var file = Write("kiosks.ndjson", Lines(20).TrimEnd('\n'));
        Assert.Equal(20, (await LoadAsync(file)).Counts.Read);
        File.AppendAllText(file, "\n" + Lines(10, first: 20));

        Assert.Equal(new Counts(30, 8, 1, 1, 20, 0, 0), (await LoadAsync(file)).Counts);
        await AssertHoldsAsync(24, 3, 3);
    }

    [Fact]
    public async Task A_last_line_that_was_cut_and_completed_later_is_not_taken_for_two_records()
    {
        var file = Write("kiosks.ndjson", Lines(20)[..^10]);
        Assert.Equal(1, (await LoadAsync(file)).Reasons["invalid_json"]);
        Write("kiosks.ndjson", Lines(30));

        var error = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync(file));

        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Contains("before it was complete", error.Message, StringComparison.Ordinal);
        await AssertHoldsAsync(15, 2, 3);
        Assert.Equal(RunState.Failed, (await Database.Store.Runs.ListAsync(1, CancellationToken.None)).Single().State);
        await Assert.ThrowsAsync<MuseumException>(() => LoadAsync(file));
        await AssertHoldsAsync(15, 2, 3);
    }

    [Fact]
    public async Task A_dry_run_gives_the_verdicts_and_writes_nothing()
    {
        var report = await LoadAsync(Write("kiosks.ndjson", Lines(100)), dryRun: true);

        Assert.Equal(new Counts(100, 80, 10, 10, 0, 0, 0), report.Counts);
        Assert.Equal(10, report.Reasons["unknown_site"]);
        Assert.Equal(
            0,
            await Database.NumberAsync(
                "select (select count(*) from run) + (select count(*) from source) + (select count(*) from quarantine)"
            )
        );
    }

    [Fact]
    public async Task So_many_messages_and_no_more_and_the_rest_the_next_time()
    {
        var file = Write("kiosks.ndjson", Lines(100));
        Assert.Equal(
            new Counts(30, 24, 3, 3, 0, 0, 0),
            (await LoadAsync(file, Options with { MaxMessages = 30 })).Counts
        );
        Assert.Equal(
            new Counts(60, 24, 3, 3, 30, 0, 0),
            (await LoadAsync(file, Options with { MaxMessages = 30 })).Counts
        );
        Assert.Equal(30, (await LoadAsync(file, Options with { MaxMessages = 30 }, dryRun: true)).Counts.Read);

        Assert.Equal(new Counts(100, 32, 4, 4, 60, 0, 0), (await LoadAsync(file)).Counts);
        await AssertHoldsAsync(80, 10, 10);
    }

    [Fact]
    public async Task The_breaker_stops_what_is_refused_almost_whole_and_names_the_reason()
    {
        var bad = string.Concat(
            Enumerable
                .Range(0, 600)
                .Select(number =>
                    $"{{\"at\": \"2024-10-21T10:00:00+01:00\", \"site\": \"77\", \"val\": {number % 5}}}\n"
                )
        );

        var error = await Assert.ThrowsAsync<BreakerException>(() => LoadAsync(Write("bad.ndjson", bad)));

        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Contains("unknown_site", error.Message, StringComparison.Ordinal);
        await AssertHoldsAsync(0, 0, 600);
        Assert.Equal(RunState.Stopped, (await Database.Store.Runs.ListAsync(1, CancellationToken.None)).Single().State);
    }

    [Fact]
    public async Task A_load_that_was_cut_off_continues_from_its_last_commit()
    {
        var file = Write("kiosks.ndjson", Lines(150_000));
        await Assert.ThrowsAsync<TransientException>(() =>
            LoadAsync(file, store: new FailingCommits(1).Over(Database.Store))
        );
        var half = (await Database.Store.Maintenance.StatusAsync(CancellationToken.None)).LedgerRead;
        Assert.InRange(half, 1, 149_999);

        // The commit succeeded, and its answer was lost.
        await Assert.ThrowsAsync<TransientException>(() =>
            LoadAsync(file, store: new FailingCommits(0, afterCommit: true).Over(Database.Store))
        );
        Assert.InRange(
            (await Database.Store.Maintenance.StatusAsync(CancellationToken.None)).LedgerRead,
            half + 1,
            149_999
        );

        Assert.Equal(150_000, (await LoadAsync(file)).Counts.Read);
        await AssertHoldsAsync(120_000, 15_000, 15_000);
    }

    [Fact]
    public async Task A_load_stopped_half_way_says_so_and_continues_next_time()
    {
        var file = Write("kiosks.ndjson", Lines(150_000));
        using var cancel = new CancellationTokenSource();
        var failing = new FailingCommits(int.MaxValue)
        {
            BeforeCommit = number =>
            {
                if (number == 1)
                    cancel.Cancel();
            },
        }.Over(Database.Store);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            LoadAsync(file, store: failing, cancel: cancel.Token)
        );
        Assert.Equal(RunState.Stopped, (await Database.Store.Runs.ListAsync(1, CancellationToken.None)).Single().State);
        Assert.InRange((await Database.Store.Maintenance.StatusAsync(CancellationToken.None)).LedgerRead, 1, 149_999);

        Assert.Equal(150_000, (await LoadAsync(file)).Counts.Read);
        await AssertHoldsAsync(120_000, 15_000, 15_000);
    }

    [Fact]
    public async Task Messages_of_a_morning_are_counted_as_they_are_by_hand()
    {
        await new Loader(
            Database.Store,
            new FolderBucket(Samples.Day),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, CancellationToken.None);

        var report = await LoadAsync(Samples.Messages);

        Assert.Equal(
            (
                Samples.Number("messages"),
                Samples.Number("message-ratings"),
                Samples.Number("message-help"),
                Samples.Number("message-refused")
            ),
            (report.Counts.Read, report.Counts.Ratings, report.Counts.Support, report.Counts.Quarantined)
        );
    }
}
