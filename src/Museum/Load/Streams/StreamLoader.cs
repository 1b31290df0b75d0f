using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Loads batches of one topic. A large batch is divided by partitions and committed in several transactions
/// side by side, as far as the database gains from it: one process of a server alone is slower than what is read. Knows
/// nothing of Kafka.</summary>
internal sealed class StreamLoader
{
    private readonly ShareLoader[] loaders;

    /// <param name="store">The database.</param>
    /// <param name="museum">The messages' museum.</param>
    /// <param name="options">How to judge, and when to stop.</param>
    /// <param name="runId">The run to account to.</param>
    /// <param name="health">Is told what happens.</param>
    public StreamLoader(
        MuseumStore store,
        Museum museum,
        StreamOptions options,
        int runId,
        StreamHealth health,
        ILogger log
    )
    {
        var breaker = new Breaker(options.Breaker);
        loaders = new ShareLoader[store.Writers];
        for (var each = 0; each < loaders.Length; each++)
            loaders[each] = new(store, museum, options, runId, health, breaker, log);
    }

    /// <summary>Commits the batch, except what another consumer has claimed. Returns the claims that were
    /// lost.</summary>
    /// <exception cref="BreakerException">Nearly everything is refused. What was committed stays.</exception>
    public async Task<IReadOnlyCollection<PartitionClaim>> LoadAsync(StreamBatch batch, CancellationToken cancel)
    {
        var shares = batch.Shares(loaders.Length);
        if (shares.Count == 1)
            return await loaders[0].LoadAsync(shares[0], cancel);
        // On threads of their own: judging is work. All are awaited, whatever becomes of one.
        var lost = await Task.WhenAll(
            shares.Select(
                (share, index) => Task.Run(() => loaders[index].LoadAsync(share, cancel), CancellationToken.None)
            )
        );
        return [.. lost.SelectMany(claims => claims)];
    }

    /// <summary>Advances positions past offsets that hold no message. Returns the claims that were lost.</summary>
    public Task<IReadOnlyCollection<PartitionClaim>> PassAsync(
        IReadOnlyList<PartitionMove> moves,
        CancellationToken cancel
    ) => loaders[0].PassAsync(moves, cancel);
}
