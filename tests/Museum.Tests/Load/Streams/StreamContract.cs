using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Streams;

public sealed class SqliteStreamTests() : StreamContract(TestStore.SqliteAsync)
{
    private protected override string RefuseAmazing =>
        "create trigger no_amazing before insert on rating_instance when new.rating_type_id = 5 begin select "
        + "raise(abort, 'not that good'); end";

    private protected override bool NamesAcrossProcesses => false;
}

public sealed partial class PostgresStreamTests(PostgresServer server)
    : StreamContract(() => TestStore.PostgresAsync(server))
{
    private protected override string RefuseAmazing =>
        "alter table rating_instance add constraint not_that_good check (rating_type_id <> 5)";

    private protected override bool NamesAcrossProcesses => true;
}

/// <summary>The guarantees of a stream's positions and transactions, over either database, without Kafka.</summary>
public abstract partial class StreamContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private protected MuseumStore Store => Database.Store;

    private protected Museum Museum { get; private set; } = null!;

    private protected StreamIdentity Topic => new(Museum.Id, "cluster-1", "lmnh", "topic-1");

    /// <summary>SQL after which the database refuses a rating of 4.</summary>
    private protected abstract string RefuseAmazing { get; }

    private protected abstract bool NamesAcrossProcesses { get; }

    protected override async ValueTask BeginAsync()
    {
        await Store.Maintenance.MigrateAsync(Cancel);
        Museum = (await Store.Museums.ListAsync(Cancel)).Single();
        for (var site = 0; site < 4; site++)
            await Store.Museums.UpsertExhibitionAsync(
                Museum.Id,
                new ExhibitionFacts(
                    $"EXH_{site:00}",
                    $"{site}",
                    $"Exhibition {site}",
                    "1",
                    "Zoology",
                    new DateOnly(2023, 2, 1),
                    "…"
                ),
                Cancel
            );
    }

    private static string Press(int second, string rest) =>
        $$"""{"at": "{{new DateTimeOffset(2024, 10, 21, 10, 0, 0, TimeSpan.FromHours(1)).AddSeconds(second):yyyy-MM-ddTHH:mm:sszzz}}", {{rest}}}""";

    private protected static string Rating(int second, int val = 3) =>
        Press(second, $"\"site\": \"{second % 4}\", \"val\": {val}");

    private protected static string Help(int second) =>
        Press(second, $"\"site\": \"{second % 4}\", \"val\": -1, \"type\": {second % 2}");

    /// <summary>A call for help that is refused, but may be one.</summary>
    private protected static string BadHelp(int second) => Press(second, "\"site\": \"99\", \"val\": -1, \"type\": 0");

    private protected const string Broken = "{broken";

    private protected async Task<PartitionClaim> ClaimAsync(
        int partition = 0,
        long start = 0,
        MuseumStore? store = null
    )
    {
        await (store ?? Store).Partitions.StartAsync(Topic, new Dictionary<int, long> { [partition] = start }, Cancel);
        return await (store ?? Store).Partitions.ClaimAsync(Topic, partition, "test", Cancel)
            ?? throw new InvalidOperationException("not claimed");
    }

    private protected async Task<StreamLoader> LoaderAsync(MuseumStore? store = null, StreamHealth? health = null) =>
        new(
            store ?? Store,
            Museum,
            new StreamOptions(CleaningRules.Stream, TimeProvider.System),
            await Store.Runs.StartAsync("consume", "", Cancel),
            health ?? new StreamHealth("lmnh", TimeProvider.System),
            NullLogger.Instance
        );

    /// <summary>Messages of one partition, one offset after the other.</summary>
    private protected static void Add(
        StreamBatch batch,
        PartitionClaim claim,
        long offset,
        params IEnumerable<string> messages
    )
    {
        foreach (var message in messages)
            batch.Add(claim, offset++, 7, Encoding.UTF8.GetBytes(message), default);
    }

    /// <summary>One batch from the claim's position. Returns the claims that were lost.</summary>
    private protected async Task<IReadOnlyCollection<PartitionClaim>> LoadAsync(
        PartitionClaim claim,
        params IEnumerable<string> messages
    )
    {
        var batch = new StreamBatch();
        Add(batch, claim, claim.NextOffset, messages);
        return await (await LoaderAsync()).LoadAsync(batch, Cancel);
    }

    private protected async Task<PartitionRow> RowAsync(int partition = 0, string id = "topic-1") =>
        (await Store.Partitions.ListAsync("cluster-1", "lmnh", Cancel)).Single(row =>
            row.Partition == partition && row.TopicId == id
        );

    private protected async Task AssertBalancedAsync(long ratings, long support, long quarantined)
    {
        var status = await Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal((ratings, support, quarantined), (status.Ratings, status.Support, status.QuarantineHeld));
        Assert.Equal(ratings + support + quarantined, status.LedgerRead);
    }

    [Fact]
    public async Task Where_partitions_begin_is_written_once_whoever_comes_first()
    {
        var stores = Enumerable.Range(0, 6).Select(_ => Database.Another()).ToList();
        var begun = await Task.WhenAll(
            stores.Select(
                (store, number) =>
                    Task.Run(() =>
                        store.Partitions.StartAsync(
                            Topic,
                            new Dictionary<int, long>
                            {
                                [1] = number,
                                [0] = number,
                                [2] = number,
                            },
                            Cancel
                        )
                    )
            )
        );
        foreach (var store in stores)
            await store.DisposeAsync();

        var winner = Array.IndexOf(begun, 3);
        Assert.Equal(3, begun.Sum());
        var rows = await Store.Partitions.ListAsync("cluster-1", null, Cancel);
        Assert.Equal(
            [(0, (long)winner, (long)winner), (1, winner, winner), (2, winner, winner)],
            rows.Select(r => (r.Partition, r.StartOffset, r.NextOffset))
        );
        Assert.Equal(0, await Store.Partitions.StartAsync(Topic, new Dictionary<int, long> { [0] = 77 }, Cancel));
        Assert.Equal(winner, (await RowAsync()).StartOffset);
    }

    [Fact]
    public async Task A_partition_that_was_not_started_cannot_be_claimed() =>
        Assert.Null(await Store.Partitions.ClaimAsync(Topic, 0, "test", Cancel));

    [Fact]
    public async Task Each_claim_raises_the_epoch_and_fences_the_one_before()
    {
        var first = await ClaimAsync();
        await LoadAsync(first, Rating(0));
        var second = await ClaimAsync();

        Assert.Equal((1L, first.Epoch + 1, first.SourceId), (second.NextOffset, second.Epoch, second.SourceId));
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        var fenced = await Assert.ThrowsAsync<FencedException>(() =>
            Store.Partitions.BeginAsync([new PartitionMove(first, 2, null, 1)], run, Cancel)
        );
        Assert.Same(first, fenced.Claims.Single());
        Assert.Same(first, (await LoadAsync(first, Rating(1), Broken)).Single());
        await AssertBalancedAsync(1, 0, 0);

        Assert.Empty(await LoadAsync(second, Rating(1), Broken));
        await AssertBalancedAsync(2, 0, 1);
        Assert.Equal(3, (await RowAsync()).NextOffset);
    }

    [Fact]
    public async Task A_claim_waits_for_the_transaction_of_the_one_before_and_continues_after_it()
    {
        var first = await ClaimAsync();
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        await using var other = Database.Another();
        var load = await Store.Partitions.BeginAsync([new PartitionMove(first, 1, null, 1)], run, Cancel);
        load.Write(new KioskEvent(first.SourceId, 0, 1, PressKind.Rating, 1, 0));
        var claiming = Task.Run(() => other.Partitions.ClaimAsync(Topic, 0, "other", Cancel), Cancel);

        // Whether it waits or has not begun: it cannot be done before the commit.
        await Task.WhenAny(claiming, Task.Delay(200, Cancel));
        Assert.False(claiming.IsCompleted);
        await load.CommitAsync(Cancel);
        await load.DisposeAsync();

        var second = await claiming.WaitAsync(Soon, Cancel);
        Assert.Equal((1L, first.Epoch + 1), (second!.NextOffset, second.Epoch));
        await AssertBalancedAsync(1, 0, 0);
    }

    [Fact]
    public async Task Of_a_batch_over_several_partitions_only_those_that_were_lost_are_left_out()
    {
        PartitionClaim[] claims = [await ClaimAsync(0), await ClaimAsync(1), await ClaimAsync(2)];
        var newer = await ClaimAsync(1);
        var batch = new StreamBatch();
        for (var second = 0; second < 30; second++)
            Add(batch, claims[second % 3], second / 3, Rating(second));

        var lost = await (await LoaderAsync()).LoadAsync(batch, Cancel);

        Assert.Same(claims[1], lost.Single());
        Assert.Equal(
            [10L, 0, 10],
            (await Store.Partitions.ListAsync("cluster-1", "lmnh", Cancel))
                .OrderBy(r => r.Partition)
                .Select(r => r.NextOffset)
        );
        Assert.Equal((10L, 0L), (claims[0].NextOffset, newer.NextOffset));
        await AssertBalancedAsync(20, 0, 0);
    }

    [Fact]
    public async Task A_position_moves_only_from_where_it_is_said_to_be()
    {
        var claim = await ClaimAsync();
        var stale = new PartitionClaim(Topic, 0, claim.SourceId, claim.Epoch, 5, 5);
        var run = await Store.Runs.StartAsync("consume", "", Cancel);

        await Assert.ThrowsAsync<FencedException>(() =>
            Store.Partitions.BeginAsync([new PartitionMove(stale, 6, null, 1)], run, Cancel)
        );
        Assert.Equal(0, (await RowAsync()).NextOffset);
    }

    /// <summary>It slept while another continued and the broker deleted what it was about to read: that is not a
    /// fault.</summary>
    [Fact]
    public async Task A_partition_is_stopped_by_nobody_but_its_owner()
    {
        var sleeper = await ClaimAsync(0);
        var owner = await ClaimAsync(0);

        Assert.False(await Store.Partitions.StopAsync(Topic, 0, sleeper.Epoch, "offsets 0 to 9 were deleted", Cancel));
        Assert.Null((await RowAsync()).Problem);
        Assert.True(await Store.Partitions.StopAsync(Topic, 0, owner.Epoch, "offsets 0 to 9 were deleted", Cancel));
        Assert.NotNull((await RowAsync()).Problem);
    }

    [Fact]
    public async Task A_stopped_partition_cannot_be_claimed_until_it_is_moved()
    {
        var claim = await ClaimAsync();
        await Store.Partitions.StopAsync(Topic, 0, null, "offsets 0 to 9 were deleted", Cancel);

        Assert.Null(await Store.Partitions.ClaimAsync(Topic, 0, "test", Cancel));
        Assert.Single(await LoadAsync(claim, Rating(0)));
        await Store.Partitions.StopAsync(Topic, 0, null, "something else", Cancel);
        Assert.Equal("offsets 0 to 9 were deleted", (await RowAsync()).Problem);

        await Store.Partitions.MoveAsync(Topic, 0, 10, new OperatorMove("ann", "kafka accept-loss", "0 to 9"), Cancel);
        var next = await ClaimAsync();
        Assert.Equal((10L, null), (next.NextOffset, (await RowAsync()).Problem));
        Assert.Equal(
            ["ann|kafka accept-loss|lmnh:0|0 to 9"],
            await Database.QueryAsync("select who, command, target, detail from operator_action")
        );
        await AssertBalancedAsync(0, 0, 0);
    }

    [Fact]
    public async Task A_topic_created_again_retires_the_positions_of_the_old_one_when_an_operator_accepts_it()
    {
        await LoadAsync(await ClaimAsync(), Rating(0), Rating(1));
        await LoadAsync(await ClaimAsync(1), Rating(2));
        var anew = Topic with { TopicId = "topic-2" };

        await Store.Partitions.MoveAsync(anew, 0, 0, new OperatorMove("ann", "kafka accept-loss", ""), Cancel);

        Assert.True((await RowAsync()).Retired);
        Assert.False((await RowAsync(1)).Retired);
        Assert.Null(await Store.Partitions.ClaimAsync(Topic, 0, "test", Cancel));
        var claim = await Store.Partitions.ClaimAsync(anew, 0, "test", Cancel);
        await LoadAsync(claim!, Rating(3), Rating(4));
        Assert.Equal((2L, 2L), ((await RowAsync()).NextOffset, (await RowAsync(0, "topic-2")).NextOffset));
        await AssertBalancedAsync(5, 0, 0);
    }

    [Fact]
    public async Task A_heartbeat_keeps_a_run_from_being_taken_for_dead()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(
            DateTimeOffset.Parse("2024-10-21T10:00:00Z", CultureInfo.InvariantCulture)
        );
        await using var store = Database.Another(clock);
        var run = await store.Runs.StartAsync("consume", "", Cancel);
        var claim = await ClaimAsync(store: store);

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(RunState.Interrupted, (await store.Runs.ListAsync(1, Cancel)).Single().State);
        await store.Partitions.BeatAsync(run, [(claim, 42)], null, Cancel);

        Assert.Equal(RunState.Running, (await store.Runs.ListAsync(1, Cancel)).Single().State);
        Assert.Equal((42L, clock.GetUtcNow()), ((await RowAsync()).EndOffset!.Value, (await RowAsync()).SeenAt!.Value));
        var newer = await ClaimAsync(store: store);
        await store.Partitions.BeatAsync(run, [(claim, 41), (newer, null)], null, Cancel);
        Assert.Equal(42, (await RowAsync()).EndOffset);
    }
}
