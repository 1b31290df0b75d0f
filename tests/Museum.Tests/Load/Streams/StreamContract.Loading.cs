using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Export;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Streams;

public abstract partial class StreamContract
{
    [Fact]
    public async Task Rows_refusals_counts_ledger_and_positions_move_together()
    {
        PartitionClaim[] claims = [await ClaimAsync(0, 100), await ClaimAsync(1)];
        var batch = new StreamBatch();
        Add(batch, claims[0], 100, Rating(0), Help(1), Broken, BadHelp(3));
        Add(batch, claims[1], 0, Rating(4), Rating(5));
        // As after compaction: offsets are left out.
        Add(batch, claims[0], 110, Rating(6));

        Assert.Empty(await (await LoaderAsync()).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(4, 1, 2);
        Assert.Equal(
            [(111L, 100L), (2, 0)],
            new[] { await RowAsync(), await RowAsync(1) }.Select(row => (row.NextOffset, row.StartOffset))
        );
        var run = (await Store.Runs.ListAsync(1, Cancel)).Single();
        Assert.Equal(new Counts(7, 4, 1, 2, 0, 0, 1), run.Counts);
        Assert.Equal(
            [("0", new Counts(5, 2, 1, 2, 0, 0, 1)), ("1", new Counts(2, 2, 0, 0, 0, 0, 0))],
            (await Store.Runs.SourcesAsync(run.Id, Cancel)).Select(source => (source.Name, source.Counts))
        );
        Assert.Equal(
            [(102L, "invalid_json"), (103L, "unknown_site")],
            (await Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel)).Select(q =>
                (q.Position, q.Reason.Code())
            )
        );
        Assert.Equal(
            ["0|100", "0|110", "1|0", "1|1"],
            await Database.QueryAsync(
                "select s.name, r.position from rating_instance r join source s using (source_id) order by 1, 2"
            )
        );
        Assert.Equal(7, (await RowAsync()).LeaderEpoch);
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_leaves_nothing()
    {
        var claim = await ClaimAsync();
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        await using (var load = await Store.Partitions.BeginAsync([new PartitionMove(claim, 2, null, 2)], run, Cancel))
        {
            load.Write(new KioskEvent(claim.SourceId, 0, 1, PressKind.Rating, 1, 0));
            load.Write(new Refusal(claim.SourceId, 1, Reason.InvalidJson, "") { PossibleHelp = true });
            await load.FlushAsync(Cancel);
        }

        Assert.Equal((0L, 0L), (claim.NextOffset, (await RowAsync()).NextOffset));
        await AssertBalancedAsync(0, 0, 0);
        Assert.Empty(await LoadAsync(claim, Rating(0)));
    }

    [Fact]
    public async Task After_a_rewind_the_same_messages_are_there_already_and_missing_ones_are_filled_in()
    {
        string[] messages = [Rating(0), Help(1), Broken, Rating(3), BadHelp(4), Rating(5)];
        var first = await ClaimAsync();
        await LoadAsync(first, messages[..2]);
        // Left out by an operator, and missing.
        await Store.Partitions.MoveAsync(Topic, 0, 4, new OperatorMove("ann", "kafka skip", ""), Cancel);
        await LoadAsync(await ClaimAsync(), messages[4..]);
        await AssertBalancedAsync(2, 1, 1);

        await Store.Partitions.MoveAsync(Topic, 0, 0, new OperatorMove("ann", "kafka rewind", ""), Cancel);
        // What is read again may have been written under an older leader epoch: that is no other log.
        Assert.Null((await RowAsync()).LeaderEpoch);
        Assert.Single(await LoadAsync(first, messages));
        var again = await ClaimAsync();
        // In pieces, the last beyond the furthest it ever stood.
        await LoadAsync(again, messages[..3]);
        await LoadAsync(again, [.. messages[3..], Rating(6)]);

        await AssertBalancedAsync(4, 1, 2);
        Assert.Equal(
            [new Counts(4, 2, 0, 0, 2, 0, 0), new Counts(3, 0, 0, 1, 2, 0, 0)],
            (await Store.Runs.ListAsync(2, Cancel)).Select(run => run.Counts)
        );
        Assert.Equal((7L, 7L), ((await RowAsync()).NextOffset, (await RowAsync()).HighOffset));
    }

    [Fact]
    public async Task After_a_rewind_what_is_retired_is_there_already_and_what_was_left_out_is_not()
    {
        string[] messages = [Rating(0), Help(1), Broken, Rating(3), BadHelp(4), Rating(5)];
        await LoadAsync(await ClaimAsync(), messages[..3]);
        await Store.Partitions.MoveAsync(Topic, 0, 4, new OperatorMove("ann", "kafka skip", ""), Cancel);
        await LoadAsync(await ClaimAsync(), messages[4..]);
        var hourly = await Database.QueryAsync("select * from rating_hourly");
        var soon = TimeProvider.System.GetUtcNow().AddMonths(2);

        var retired = await new Retirer(
            Store.Export,
            Store.Retention,
            null,
            TimeProvider.System,
            NullLogger.Instance
        ).RunAsync(new(soon, soon), dryRun: false, Cancel);

        Assert.Equal(5, retired.Parts.Sum(part => part.Rows));
        Assert.Equal(hourly, await Database.QueryAsync("select * from rating_hourly"));
        await Store.Partitions.MoveAsync(Topic, 0, 0, new OperatorMove("ann", "kafka rewind", ""), Cancel);
        await LoadAsync(await ClaimAsync(), [.. messages, Rating(6)]);
        Assert.Equal(new Counts(7, 2, 0, 0, 5, 0, 0), (await Store.Runs.ListAsync(1, Cancel))[0].Counts);
        Assert.Equal(["3", "6"], await Database.QueryAsync("select position from rating_instance order by 1"));
        Assert.Empty(await Database.QueryAsync("select position from quarantine"));
        Assert.True((await Store.Maintenance.StatusAsync(Cancel)).Balanced);
    }

    [Fact]
    public async Task Offsets_of_another_log_are_other_records_and_none_counts_as_there_already()
    {
        var first = await ClaimAsync();
        await LoadAsync(first, Rating(0), Help(1), Broken, Rating(3));
        Assert.NotNull((await RowAsync()).LastRecord);
        Assert.True(
            await Store.Partitions.StopAsync(
                Topic,
                0,
                first.Epoch,
                new PartitionProblem("restored", OtherLog: true),
                Cancel
            )
        );
        Assert.True((await RowAsync()).OtherLog);

        // The copy holds the first two; then other records follow.
        var accepted = new OperatorMove("ann", "kafka accept-loss", "") { OtherLog = true };
        await Store.Partitions.MoveAsync(Topic, 0, 2, accepted, Cancel);
        var row = await RowAsync();
        Assert.Equal((2L, 2L, 2L, 2), (row.StartOffset, row.NextOffset, row.HighOffset, row.Generation));
        Assert.Equal((null, null, null, false), (row.LastRecord, row.LeaderEpoch, row.Problem, row.OtherLog));

        var second = await ClaimAsync();
        Assert.NotEqual(first.SourceId, second.SourceId);
        await LoadAsync(second, Rating(4), Rating(5), Help(6));

        await AssertBalancedAsync(4, 2, 1);
        Assert.Equal(
            [new Counts(3, 2, 1, 0, 0, 0, 0), new Counts(4, 2, 1, 1, 0, 0, 0)],
            (await Store.Runs.ListAsync(2, Cancel)).Select(run => run.Counts)
        );
        Assert.Equal(
            ["0", "0#2"],
            (await Store.Ledger.ListAsync(Cancel)).Select(source => source.Row.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_partition_that_was_removed_keeps_its_position_and_fences_whoever_writes()
    {
        var first = await ClaimAsync();
        await LoadAsync(first, Rating(0), Help(1), Broken);
        var source = Assert.Single(await Store.Ledger.ListAsync(Cancel));

        var removed = await Store.Ledger.RemoveAsync(source.Row.Id, new OperatorMove("ann", "remove", ""), Cancel);

        Assert.Equal((1L, 1L, 1L), (removed!.Ratings, removed.Support, removed.Quarantined));
        await AssertBalancedAsync(0, 0, 0);
        Assert.Equal(3, (await RowAsync()).NextOffset);
        Assert.Single(await LoadAsync(first, Rating(3)));
        await LoadAsync(await ClaimAsync(), Rating(3));
        await AssertBalancedAsync(1, 0, 0);
    }

    [Fact]
    public async Task A_commit_that_succeeded_without_saying_so_is_not_repeated()
    {
        var failing = new FailingCommits(0, afterCommit: true, times: 1).Over(Store);
        var claim = await ClaimAsync();
        var batch = new StreamBatch();
        Add(batch, claim, 0, Rating(0), Help(1), Broken);

        Assert.Empty(await (await LoaderAsync(failing)).LoadAsync(batch, Cancel));

        Assert.Equal(3, claim.NextOffset);
        await AssertBalancedAsync(1, 1, 1);
        Assert.Equal(new Counts(3, 1, 1, 1, 0, 0, 0), (await Store.Runs.ListAsync(1, Cancel)).Single().Counts);
    }

    [Fact]
    public async Task A_commit_that_failed_is_repeated_until_it_succeeds()
    {
        var failing = new FailingCommits(0, times: 3).Over(Store);
        var claim = await ClaimAsync();
        var batch = new StreamBatch();
        Add(batch, claim, 0, Rating(0), Help(1), Broken);
        var health = new StreamHealth("lmnh", TimeProvider.System);

        Assert.Empty(await (await LoaderAsync(failing, health)).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(1, 1, 1);
        Assert.Equal(3, health.State().Counts.Read);
        Assert.Null(health.State().Problem);
    }

    [Fact]
    public async Task A_message_the_database_refuses_is_quarantined_and_no_other()
    {
        await Database.QueryAsync(RefuseAmazing);
        var claim = await ClaimAsync();
        var second = await ClaimAsync(1);
        var batch = new StreamBatch();
        for (var offset = 0; offset < 200; offset++)
        {
            Add(batch, claim, offset, offset is 37 or 38 or 199 ? Rating(offset, 4) : Rating(offset));
            Add(batch, second, offset, Rating(offset));
        }

        Assert.Empty(await (await LoaderAsync()).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(397, 0, 3);
        var held = await Store.Quarantine.ListAsync(new QuarantineFilter(Reason.RefusedByDatabase), Cancel);
        Assert.Equal([37L, 38, 199], held.Select(row => row.Position));
        Assert.Contains("that", held[0].Detail, StringComparison.Ordinal);
        Assert.Equal((200L, 200L), (claim.NextOffset, second.NextOffset));
        await LoadAsync(claim, Rating(0));
        await AssertBalancedAsync(398, 0, 3);
    }

    [Fact]
    public async Task Offsets_may_have_more_than_ten_digits()
    {
        var claim = await ClaimAsync(0, 25_000_000_000);
        await LoadAsync(claim, Rating(0), Help(1), Broken);

        await AssertBalancedAsync(1, 1, 1);
        Assert.Equal(["25000000000"], await Database.QueryAsync("select position from rating_instance"));
        Assert.Equal(
            25_000_000_002,
            (await Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel)).Single().Position
        );
    }

    [Fact]
    public async Task A_partition_continues_from_ten_digits_to_eleven_in_one_batch_and_can_be_rewound_across()
    {
        const long Start = EventId.PositionsPerSource - 2;
        string[] messages = [Rating(0), Help(1), Rating(2), Broken, Help(4), Rating(5)];
        var claim = await ClaimAsync(0, Start);
        Assert.Empty(await LoadAsync(claim, messages));
        Assert.Empty(await LoadAsync(claim, Rating(6)));
        await AssertBalancedAsync(4, 2, 1);
        Assert.Equal(
            ["0|9999999998|1|1|0", "0@10000000000|10000000000|3|1|1"],
            await Database.QueryAsync(
                "select s.name, min(r.position), max(s.ratings), max(s.support), max(s.quarantined) from source s "
                    + "join rating_instance r using (source_id) group by 1 order by 1"
            )
        );

        await Store.Partitions.MoveAsync(Topic, 0, Start + 1, new OperatorMove("ann", "kafka rewind", ""), Cancel);
        var again = await ClaimAsync();
        Assert.Equal(claim.Epoch + 2, again.Epoch);
        Assert.Empty(await LoadAsync(again, [.. messages[1..], Rating(6), Rating(7)]));

        Assert.Equal(new Counts(7, 1, 0, 0, 6, 0, 0), (await Store.Runs.ListAsync(1, Cancel)).Single().Counts);
        await AssertBalancedAsync(5, 2, 1);
    }

    [Fact]
    public async Task A_gap_may_lie_across_the_end_of_ten_digits()
    {
        var claim = await ClaimAsync(0, 5);
        var batch = new StreamBatch();
        Add(batch, claim, 5, Rating(0));
        Add(batch, claim, EventId.PositionsPerSource + 5, Rating(1));

        Assert.Empty(await (await LoaderAsync()).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(2, 0, 0);
        Assert.Equal(EventId.PositionsPerSource + 6, (await RowAsync()).NextOffset);
    }
}
