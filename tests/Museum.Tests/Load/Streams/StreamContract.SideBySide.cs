using MuseumPipeline.Load;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>A backlog is large enough to be divided among transactions side by side, where the database has
/// them.</summary>
public abstract partial class StreamContract
{
    private const int Each = StreamBatch.LeastShare;

    /// <summary>Messages of three partitions in turns of a thousand: ratings, and at each thousandth offset a call for
    /// help.</summary>
    private async Task<(StreamBatch Batch, PartitionClaim[] Claims)> BacklogAsync(Func<int, string>? rating = null)
    {
        PartitionClaim[] claims = [await ClaimAsync(0), await ClaimAsync(1), await ClaimAsync(2)];
        var batch = new StreamBatch();
        for (var from = 0; from < Each; from += 1000)
        {
            foreach (var claim in claims)
                Add(
                    batch,
                    claim,
                    from,
                    Enumerable
                        .Range(from, Math.Min(1000, Each - from))
                        .Select(offset =>
                            offset % 1000 == 999 ? Help(offset % 60) : rating?.Invoke(offset) ?? Rating(offset % 60)
                        )
                );
        }

        return (batch, claims);
    }

    private const int Calls = Each / 1000;

    [Fact]
    public async Task A_large_batch_is_divided_by_partitions_and_every_message_is_in_one_share()
    {
        var (batch, claims) = await BacklogAsync();

        var shares = batch.Shares(2);

        Assert.Equal(2, shares.Count);
        Assert.Equal(3 * Each, shares.Sum(share => share.Count));
        foreach (var claim in claims)
        {
            var share = Assert.Single(shares, share => Of(share, claim).Any());
            Assert.Equal(Enumerable.Range(0, Each), Of(share, claim).Select(message => (int)message.Offset));
            Assert.Equal(
                Of(batch, claim).Select(message => batch.Value(message).ToArray()),
                Of(share, claim).Select(message => share.Value(message).ToArray())
            );
        }

        static IEnumerable<StreamMessage> Of(StreamBatch batch, PartitionClaim claim) =>
            Enumerable.Range(0, batch.Count).Select(index => batch[index]).Where(message => message.Claim == claim);
    }

    [Fact]
    public async Task A_small_batch_and_one_of_a_single_partition_stay_whole()
    {
        PartitionClaim[] claims = [await ClaimAsync(0), await ClaimAsync(1)];
        var batch = new StreamBatch();
        Add(batch, claims[0], 0, Enumerable.Repeat(Rating(0), (2 * StreamBatch.LeastShare) - 2));
        Add(batch, claims[1], 0, Rating(1));
        Assert.Equal([batch], batch.Shares(2));
        Add(batch, claims[1], 1, Rating(1));
        Assert.Equal(2, batch.Shares(2).Count);
        batch.Drop(claims[1]);
        Add(batch, claims[0], 2 * StreamBatch.LeastShare, Rating(0), Rating(0));
        Assert.Equal([batch], batch.Shares(2));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(8, 3)]
    public async Task There_are_no_more_shares_than_partitions_and_none_is_empty(int most, int expected)
    {
        var (batch, _) = await BacklogAsync();
        var shares = batch.Shares(most);
        Assert.Equal(expected, shares.Count);
        Assert.All(shares, share => Assert.True(share.Count >= StreamBatch.LeastShare));
        // Divided again, after it was divided among more.
        Assert.Equal(2, batch.Shares(2).Count);
    }

    [Fact]
    public async Task Transactions_side_by_side_move_rows_counts_and_positions_as_one_would()
    {
        var (batch, claims) = await BacklogAsync(offset => offset % 500 == 7 ? Broken : Rating(offset % 60));
        var broken = Enumerable.Range(0, Each).Count(offset => offset % 500 == 7);

        Assert.Empty(await (await LoaderAsync()).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(3 * (Each - Calls - broken), 3 * Calls, 3 * broken);
        Assert.All(claims, claim => Assert.Equal(Each, claim.NextOffset));
        Assert.Equal(
            new Counts(3 * Each, 3 * (Each - Calls - broken), 3 * Calls, 3 * broken, 0, 0, 0),
            (await Store.Runs.ListAsync(1, Cancel)).Single().Counts
        );
    }

    [Fact]
    public async Task A_partition_that_was_taken_over_is_lost_and_those_beside_it_are_not()
    {
        var (batch, claims) = await BacklogAsync();
        var successor = await ClaimAsync(1);

        Assert.Equal([claims[1]], await (await LoaderAsync()).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(2 * (Each - Calls), 2 * Calls, 0);
        Assert.Equal((Each, 0, Each), (claims[0].NextOffset, successor.NextOffset, claims[2].NextOffset));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fault_of_one_commit_side_by_side_loses_and_doubles_nothing(bool afterCommit)
    {
        var failing = new FailingCommits(0, afterCommit, times: 1).Over(Store) with { Writers = Store.Writers };
        var (batch, _) = await BacklogAsync();

        Assert.Empty(await (await LoaderAsync(failing)).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(3 * (Each - Calls), 3 * Calls, 0);
    }

    [Fact]
    public async Task A_message_that_one_of_two_transactions_cannot_store_is_found_in_it()
    {
        await Database.QueryAsync(RefuseAmazing);
        var (batch, claims) = await BacklogAsync(offset => Rating(offset % 60, offset == 4_321 ? 4 : 3));

        Assert.Empty(await (await LoaderAsync()).LoadAsync(batch, Cancel));

        await AssertBalancedAsync(3 * (Each - Calls - 1), 3 * Calls, 3);
        Assert.All(claims, claim => Assert.Equal(Each, claim.NextOffset));
    }

    [Fact]
    public async Task The_breaker_counts_what_is_refused_side_by_side()
    {
        var (batch, claims) = await BacklogAsync(_ => Broken);

        await Assert.ThrowsAsync<BreakerException>(async () => await (await LoaderAsync()).LoadAsync(batch, Cancel));

        // All are stored before it ends.
        await AssertBalancedAsync(0, 3 * Calls, 3 * (Each - Calls));
        Assert.All(claims, claim => Assert.Equal(Each, claim.NextOffset));
    }
}
