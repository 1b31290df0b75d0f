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
using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Store.Postgres.Copies;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Store.Moves;

/// <summary>From the file to a server: everything, exact, and afterwards nothing doubles.</summary>
public sealed class CopyTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly string[] Sums =
    [
        "select count(*), sum(rating_instance_id), sum(position), sum(exhibition_id * 7 + rating_type_id), "
            + "min(rating_created_at), max(rating_created_at) from rating_instance",
        "select count(*), sum(support_instance_id), sum(exhibition_id * 7 + support_type_id), "
            + "min(instance_created_at), max(instance_created_at) from support_instance",
        "select exhibition_id, hour, rating_type_id, presses from rating_hourly order by 1, 2, 3",
        "select exhibition_id, hour, support_type_id, presses from support_hourly order by 1, 2, 3",
        "select source_id, location, name, version, size, state, next_byte, next_position, epoch, read, ratings, "
            + "support, quarantined, updated_at from source order by 1",
        "select quarantine_id, reason, detail, raw_length, site, created_at, received_at, state from quarantine "
            + "order by 1",
        "select run_id, command, arguments, started_at, finished_at, state, exit_code from run order by 1",
        "select run_id, source_id, read, ratings from run_source order by 1, 2",
        "select exhibition_id, public_id, exhibition_name, exhibition_start_date, floor_id from exhibition order by 1",
        "select museum_id, code, opens, time_zone from museum order by 1",
        "select name, role, password_hash, created_at from dashboard_user order by 1",
    ];

    private readonly SqliteTestStore file = new();
    private TestDatabase database = null!;
    private MuseumStore target = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await server.FreshDatabaseAsync();
        target = Open(copying: true);
        await file.Store.Maintenance.MigrateAsync(Cancel);
        await file.Store.Users.AddAsync("ada", "operator", "a hash", new("root", "users add", "ada"), Cancel);
        await LoadAsync(file.Store);
        await ConsumeAsync(file.Store);
    }

    public async ValueTask DisposeAsync()
    {
        await target.DisposeAsync();
        await file.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task All_of_it_is_the_same_and_a_load_and_an_archive_add_nothing()
    {
        var report = await CopyAsync();

        await AssertSameAsync();
        Assert.False(report.Resumed);
        await using var store = Open(copying: false);
        Assert.True((await store.Maintenance.StatusAsync(Cancel)).Balanced);
        var loaded = await LoadAsync(store);
        Assert.Equal(loaded.Counts.Read, loaded.Counts.Already);
        var consumed = await ConsumeAsync(store);
        Assert.Equal(consumed.Counts.Read, consumed.Counts.Already);
        // Numbers go on from those that were copied.
        await store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_99", "99", "New", "9", "New", new(2026, 1, 1), "…"),
            Cancel
        );
        Assert.True((await store.Maintenance.StatusAsync(Cancel)).Balanced);
    }

    [Fact]
    public async Task What_was_stopped_goes_on_and_nobody_opens_it_half_way()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var (slices, rows) = (0, 0L);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            CopyAsync(
                new(
                    1000,
                    (_, more) =>
                    {
                        rows += more;
                        StopAfter(ref slices, 3, stop);
                    }
                ),
                stop.Token
            )
        );
        await using (var half = Open(copying: false))
        {
            var refused = await Assert.ThrowsAsync<MuseumException>(() => half.Maintenance.StatusAsync(Cancel));
            Assert.Contains("run the same museum db copy again", refused.Message, StringComparison.Ordinal);
        }

        var report = await CopyAsync(new(1000, (_, more) => rows += more));

        Assert.True(report.Resumed);
        await AssertSameAsync();
        Assert.Equal(
            report.Rows["rating_instance"] + report.Rows["support_instance"] + report.Rows["quarantine"],
            rows
        );
    }

    [Fact]
    public async Task A_source_that_moved_on_meanwhile_is_copied_from_the_start()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var slices = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            CopyAsync(new(1000, (_, _) => StopAfter(ref slices, 2, stop)), stop.Token)
        );
        await file.Store.Ledger.DiscardAsync(new(), "a test", new("ada", "quarantine discard", ""), Cancel);

        var report = await CopyAsync();

        Assert.True(report.Restarted);
        await AssertSameAsync();
    }

    [Fact]
    public async Task From_one_server_to_another()
    {
        await CopyAsync();
        await using var first = Open(copying: false);
        await using var other = await server.FreshDatabaseAsync();
        NpgsqlDataSource Source(string? schema)
        {
            var connection = other.Connection;
            connection.SearchPath = schema;
            return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
        }

        await using var second = PostgresStore.Open(
            "aws",
            Source(null),
            TimeProvider.System,
            schema: new("museum", Source) { Copying = true }
        );

        var report = await DatabaseCopy.RunAsync(first, second, new(1000), Cancel);

        var (expected, status) = (
            await first.Maintenance.StatusAsync(Cancel),
            await second.Maintenance.StatusAsync(Cancel)
        );
        Assert.Equal(expected, status);
        Assert.True(status.Balanced);
        Assert.Equal(status.Ratings, report.Rows["rating_instance"]);
    }

    [Fact]
    public async Task A_database_that_holds_something_is_not_copied_into()
    {
        await target.Maintenance.MigrateAsync(Cancel);
        await LoadAsync(target);

        var refused = await Assert.ThrowsAsync<MuseumException>(() => CopyAsync());

        Assert.Contains("holds something already", refused.Message, StringComparison.Ordinal);
    }

    private static void StopAfter(ref int slices, int most, CancellationTokenSource stop)
    {
        if (++slices == most)
            stop.Cancel();
    }

    private Task<CopyReport> CopyAsync(CopyOptions? options = null, CancellationToken? cancel = null) =>
        DatabaseCopy.RunAsync(file.Store, target, options ?? new(100_000), cancel ?? Cancel);

    private MuseumStore Open(bool copying) =>
        PostgresStore.Open("local", Source(null), TimeProvider.System, schema: new(null, Source) { Copying = copying });

    private NpgsqlDataSource Source(string? schema)
    {
        var connection = database.Connection;
        connection.SearchPath = schema;
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }

    private static Task<RunReport> LoadAsync(MuseumStore store) =>
        new Loader(
            store,
            new FolderBucket(Samples.Day),
            new(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);

    private static async Task<RunReport> ConsumeAsync(MuseumStore store)
    {
        using var archive = await Archive.OpenAsync(Samples.Messages, Stream.Null, Path.GetTempPath(), Cancel);
        var museum = (await store.Museums.ListAsync(Cancel))[0];
        var options = new StreamOptions(CleaningRules.Stream, TimeProvider.System) { Again = true };
        return await new ArchiveLoader(store, options, NullLogger.Instance).RunAsync(archive, museum, "", Cancel);
    }

    private async Task AssertSameAsync()
    {
        await using var connection = new NpgsqlConnection(database.Connection.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        foreach (var sql in Sums)
        {
            var expected = await file.QueryAsync(sql);
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Select(Plain), (await TestStore.RowsAsync(connection, sql)).Select(Plain));
        }
    }

    /// <summary>Sums of PostgreSQL are decimals, its times have another form, and its truth is a word.</summary>
    private static string Plain(string row) =>
        string.Join(
            '|',
            row.Split('|')
                .Select(cell =>
                    cell.EndsWith(".00", StringComparison.Ordinal) ? cell[..^3]
                    : DateTime.TryParseExact(
                        cell,
                        "yyyy-MM-ddTHH:mm:ssZ",
                        null,
                        System.Globalization.DateTimeStyles.AdjustToUniversal,
                        out var hour
                    )
                        ? hour.ToString(
                            "yyyy-MM-ddTHH:mm:ss.ffffffZ",
                            System.Globalization.CultureInfo.InvariantCulture
                        )
                    : DateOnly.TryParseExact(cell, "MM/dd/yyyy", out var day)
                        ? day.ToString("o", System.Globalization.CultureInfo.InvariantCulture)
                    : cell.Length == 8 && cell[2] == ':' ? cell[..5]
                    : cell
                )
        );
}
