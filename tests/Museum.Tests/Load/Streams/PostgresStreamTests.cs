using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;
using Npgsql;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>Tests that need a server: a network that breaks, and two sessions that wait for each other.</summary>
public sealed partial class PostgresStreamTests
{
    private PostgresTestStore Postgres => (PostgresTestStore)Database;

    private NpgsqlConnectionStringBuilder Through(TcpProxy proxy)
    {
        var through = Postgres.Connection;
        through.Port = proxy.Port;
        through.SslMode = SslMode.Disable;
        return through;
    }

    [Theory]
    [InlineData(CommitFault.CommitLost)]
    [InlineData(CommitFault.AnswerLost)]
    internal async Task A_commit_whose_answer_is_lost_is_neither_lost_nor_doubled(CommitFault fault)
    {
        await using var proxy = new TcpProxy(Postgres.Connection.Port);
        await using var store = PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(Through(proxy).ConnectionString).Build(),
            TimeProvider.System
        );
        PartitionClaim[] claims = [await ClaimAsync(0), await ClaimAsync(1)];
        var loader = await LoaderAsync(store);
        for (var round = 0; round < 3; round++)
        {
            var batch = new StreamBatch();
            Add(batch, claims[0], claims[0].NextOffset, Rating(0), Help(1), Broken);
            Add(batch, claims[1], claims[1].NextOffset, Rating(2));
            proxy.BreakNextCommit(fault);
            Assert.Empty(await loader.LoadAsync(batch, Cancel));
        }

        Assert.Equal(3, proxy.CommitFaults);
        await AssertBalancedAsync(6, 3, 3);
        Assert.Equal((9L, 3L), ((await RowAsync()).NextOffset, (await RowAsync(1)).NextOffset));
        Assert.Equal((9L, 3L), (claims[0].NextOffset, claims[1].NextOffset));
    }

    [Fact]
    public async Task A_listener_that_was_cut_off_is_told_to_look_again()
    {
        await using var proxy = new TcpProxy(Postgres.Connection.Port);
        await using var store = PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(Through(proxy).ConnectionString).Build(),
            TimeProvider.System
        );
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var listener = await ListenAsync(store, end.Token);

        proxy.CutAll();
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        soon.CancelAfter(Soon);
        while ((await listener.ReadAsync(soon.Token)).Count > 0)
        {
            // The press that proved that it listens.
        }

        var claim = await ClaimAsync(1);
        Assert.Empty(await HeardAsync(listener, claim));
        await end.CancelAsync();
    }

    /// <summary>A heartbeat that took partitions in another order than a load would deadlock with it.</summary>
    [Fact]
    public async Task A_heartbeat_takes_partitions_in_the_order_of_the_loads()
    {
        PartitionClaim[] claims = [await ClaimAsync(0), await ClaimAsync(1)];
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        await using var connection = await ConnectAsync();
        await using var transaction = await HoldAsync(
            connection,
            "select from kafka_offset where partition = 0 for update"
        );

        var beating = Store.Partitions.BeatAsync(run, [(claims[1], 7), (claims[0], 7)], null, Cancel);
        await WaitersAsync(1);
        await new NpgsqlCommand(
            "select from kafka_offset where partition = 1 for update nowait",
            connection
        ).ExecuteNonQueryAsync(Cancel);

        await transaction.CommitAsync(Cancel);
        await beating.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(7, (await RowAsync(1)).EndOffset);
    }

    /// <summary>Two loads that took the same partitions in different orders would deadlock.</summary>
    [Fact]
    public async Task A_load_takes_partitions_in_one_order_whatever_order_they_are_given_in()
    {
        PartitionClaim[] claims = [await ClaimAsync(0), await ClaimAsync(1)];
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        await using var connection = await ConnectAsync();
        await using var transaction = await HoldAsync(
            connection,
            "select from kafka_offset where partition = 0 for update"
        );

        var loading = Store.Partitions.BeginAsync(
            [new PartitionMove(claims[1], 1, null, 1), new PartitionMove(claims[0], 1, null, 1)],
            run,
            Cancel
        );
        await WaitersAsync(1);
        // It waits for partition 0, and has not touched 1 yet.
        await new NpgsqlCommand(
            "select from kafka_offset where partition = 1 for update nowait",
            connection
        ).ExecuteNonQueryAsync(Cancel);

        await transaction.CommitAsync(Cancel);
        await using var load = await loading.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    /// <summary>No limit of the server ends a COPY whose client is frozen: the next owner of the partition
    /// must.</summary>
    [Fact]
    public async Task A_consumer_that_froze_in_the_middle_of_its_copy_is_ended_by_its_successor()
    {
        await using var frozen = PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(Postgres.Connection.ConnectionString).Build(),
            TimeProvider.System
        );
        await using var successor = PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(Postgres.Connection.ConnectionString).Build(),
            TimeProvider.System,
            frozenAfter: TimeSpan.FromMilliseconds(1)
        );
        var claim = await ClaimAsync(0);
        var run = await frozen.Runs.StartAsync("consume", "", Cancel);
        await using var load = await frozen.Partitions.BeginAsync(
            [new PartitionMove(claim, claim.NextOffset + 1, 1, 1)],
            run,
            Cancel
        );
        load.Write(new KioskEvent(claim.SourceId, claim.NextOffset, 1, PressKind.Rating, 1, 0));
        await load.FlushAsync(Cancel);
        while (
            await Database.NumberAsync(
                "select count(*) from pg_stat_activity where datname = current_database() and query like 'copy "
                    + "rating_instance%' and wait_event = 'ClientRead'"
            ) == 0
        )
            await Task.Delay(20, Cancel);

        var taken = await successor.Partitions.ClaimAsync(claim.Stream, 0, "successor", Cancel);

        Assert.NotNull(taken);
        Assert.Equal(claim.NextOffset, taken.NextOffset);
        await Assert.ThrowsAsync<TransientException>(() => load.CommitAsync(Cancel));
        Assert.Equal(0, await Database.NumberAsync("select count(*) from rating_instance"));
    }
}
