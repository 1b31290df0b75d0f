using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Export;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Targets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Export;

public sealed class SqliteParquetTests() : ParquetContract(TestStore.SqliteAsync);

public sealed class PostgresParquetTests(PostgresServer server)
    : ParquetContract(() => TestStore.PostgresAsync(server));

/// <summary>What DuckDB reads in the files is what SQL reads in the tables.</summary>
public abstract class ParquetContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("museum-parquet-");

    private string Bucket => Path.Combine(directory.FullName, "bucket");

    private string Files => Path.Combine(directory.FullName, "files");

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        Directory.CreateDirectory(Bucket);
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "samples", "bucket")))
            File.Copy(file, Path.Combine(Bucket, Path.GetFileName(file)));
        await LoadAsync();
    }

    protected override ValueTask EndAsync()
    {
        directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<RunReport> LoadAsync() =>
        new Loader(
            Database.Store,
            new FolderBucket(Bucket),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, CancellationToken.None);

    private Task<ExportReport> ExportAsync(ITarget? target = null) =>
        new Exporter(Database.Store.Export, Database.Store.Retention, target ?? new FolderTarget(Files)).RunAsync(
            Cancel
        );

    /// <summary>The same columns out of the tables.</summary>
    private async Task AssertSameAsync(string? files = null)
    {
        var events = await Database.QueryAsync(
            """
            select i.rating_instance_id, 'rating', i.rating_created_at, e.public_id, e.site, t.rating_type_value, s.name, i.position, m.code
            from rating_instance i join rating_type t on t.rating_type_id = i.rating_type_id
            join exhibition e on e.exhibition_id = i.exhibition_id join museum m on m.museum_id = e.museum_id
            join source s on s.source_id = i.source_id
            union all
            select i.support_instance_id, 'help', i.instance_created_at, e.public_id, e.site, t.support_type_value, s.name, i.position, m.code
            from support_instance i join support_type t on t.support_type_id = i.support_type_id
            join exhibition e on e.exhibition_id = i.exhibition_id join museum m on m.museum_id = e.museum_id
            join source s on s.source_id = i.source_id
            order by 1
            """
        );
        var refusals = await Database.QueryAsync(
            """
            select q.quarantine_id, q.reason, q.raw_length, q.site, q.state, s.name, q.position, m.code
            from quarantine q join museum m on m.museum_id = q.museum_id join source s on s.source_id = q.source_id
            order by 1
            """
        );
        Assert.NotEmpty(events);
        Assert.NotEmpty(refusals);
        Assert.Equal(
            events,
            Duck(
                "events",
                "event_id, kind, strftime(pressed_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ'), exhibition, site, "
                    + "value, source_name, position, museum",
                files
            )
        );
        Assert.Equal(
            refusals,
            Duck("refusals", "refusal_id, reason, raw_length, site, state, source_name, position, museum", files)
        );
    }

    private List<string> Duck(string set, string columns, string? files = null)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests' own texts.
        command.CommandText =
            $"select {columns} from read_parquet('{files ?? Files}/{set}/**/*.parquet', hive_partitioning = true) "
            + $"order by 1";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(
                string.Join(
                    '|',
                    Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(c =>
                            reader.IsDBNull(c) ? "" : Convert.ToString(reader.GetValue(c), CultureInfo.InvariantCulture)
                        )
                )
            );
        return rows;
    }

    private Dictionary<string, DateTime> Written() =>
        Directory
            .GetFiles(Files, "*", SearchOption.AllDirectories)
            .ToDictionary(file => file, File.GetLastWriteTimeUtc, StringComparer.Ordinal);

    [Fact]
    public async Task DuckDB_reads_every_row_once_and_a_second_run_writes_nothing()
    {
        var first = await ExportAsync();
        await AssertSameAsync();
        var written = Written();

        var second = await ExportAsync();

        Assert.Equal((0, first.Written, 0), (second.Written, second.Unchanged, second.Removed));
        Assert.Equal(written, Written());
        Assert.All(
            Duck("events", "month, strftime(pressed_at at time zone 'UTC', '%Y-%m')"),
            line => Assert.Equal(line.Split('|')[0], line.Split('|')[1])
        );
        var raw = await Database.QueryAsync("select count(*), sum(length(raw)) from quarantine");
        Assert.Equal(raw, Duck("refusals", "count(*), sum(octet_length(raw))"));
    }

    [Fact]
    public async Task After_a_replacement_a_removal_and_a_replay_it_is_the_tables_again()
    {
        await ExportAsync();
        // Another version of an object: half of it, so that months lose rows and others keep theirs.
        var replaced = Path.Combine(Bucket, "lmnh_hist_data_2.csv");
        var lines = await File.ReadAllLinesAsync(replaced, Cancel);
        await File.WriteAllLinesAsync(replaced, lines.Where((_, line) => line % 2 == 0), Cancel);
        await LoadAsync();
        await ExportAsync();
        await AssertSameAsync();

        var source = (await Database.Store.Ledger.ListAsync(Cancel)).First(s => s.Row.Name == "lmnh_hist_data_1.csv");
        await Database.Store.Ledger.RemoveAsync(source.Row.Id, new OperatorMove("test", "sources remove", ""), Cancel);
        Assert.NotEqual(0, (await ExportAsync()).Written);
        await AssertSameAsync();

        await new Replayer(
            Database.Store,
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new QuarantineFilter(null), dryRun: false, Cancel);
        await ExportAsync();
        await AssertSameAsync();
    }

    [Fact]
    public async Task Months_without_a_row_go_and_what_is_not_ours_is_left_alone()
    {
        await ExportAsync();
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Files, "events"), "*.parquet", SearchOption.AllDirectories));
        await File.WriteAllTextAsync(Path.Combine(Files, "README"), "mine", Cancel);

        await Database.Store.Maintenance.ResetInteractionsAsync(Cancel);
        var report = await ExportAsync();

        Assert.NotEqual(0, report.Removed);
        Assert.Empty(Directory.GetFiles(Files, "*.parquet", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(Files, "README")));
        var elsewhere = await Assert.ThrowsAsync<MuseumException>(() => ExportAsync(new FolderTarget(Bucket)));
        Assert.Contains("holds other things", elsewhere.Message, StringComparison.Ordinal);
    }

    /// <summary>A write that fails anywhere leaves each month whole: as it was or as it is.</summary>
    [Fact]
    public async Task A_run_that_ends_after_any_write_is_completed_by_the_next()
    {
        for (var writes = 0; ; writes++)
        {
            var target = new FailingTarget(new FolderTarget(Files), writes);
            try
            {
                await ExportAsync(target);
                break;
            }
            catch (IOException)
            {
                Assert.Equal(Duck1("count(*)"), Duck1("count(distinct event_id)"));
            }
        }

        await AssertSameAsync();

        List<string> Duck1(string what) => Directory.Exists(Path.Combine(Files, "events")) ? Duck("events", what) : [];
    }

    /// <summary>The real one until it has written so often.</summary>
    private sealed class FailingTarget(ITarget real, int writes) : ITarget
    {
        private int left = writes;

        public string Describe => real.Describe;

        public Task<IReadOnlySet<string>> ListAsync(CancellationToken cancel) => real.ListAsync(cancel);

        public Task<byte[]?> ReadAsync(string name, CancellationToken cancel) => real.ReadAsync(name, cancel);

        public Task PutAsync(string name, Func<Stream, Task> write, CancellationToken cancel) =>
            left-- > 0 ? real.PutAsync(name, write, cancel) : throw new IOException("killed");

        public Task DeleteAsync(string name, CancellationToken cancel) => real.DeleteAsync(name, cancel);
    }
}
