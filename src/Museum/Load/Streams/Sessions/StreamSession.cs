using Microsoft.Extensions.Logging;
using MuseumPipeline.Source;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams.Sessions;

/// <summary>One consumer from start to close: the thread that polls it, the loop that commits one batch while the next
/// one is collected, and the periodic checks of both.</summary>
internal sealed class StreamSession : IDisposable
{
    private readonly SessionParts parts;
    private readonly SessionState state;
    private readonly SessionPoller poller;
    private readonly SessionWatch watch;
    private readonly ManualResetEventSlim loaded = new(false);

    public StreamSession(SessionParts parts)
    {
        this.parts = parts;
        state = new SessionState(parts.Stream.Topic, parts.Plan.Messages);
        poller = new SessionPoller(parts, state);
        watch = new SessionWatch(parts, state);
    }

    /// <inheritdoc cref="SessionPoller.WasFenced"/>
    public bool WasFenced => poller.WasFenced;

    /// <inheritdoc cref="SessionPoller.MemberId"/>
    public string? MemberId => poller.MemberId;

    /// <summary>Another consumer claimed partitions that the group gave to us.</summary>
    public bool WasOvertaken { get; private set; }

    /// <inheritdoc cref="SessionWatch.FoundOrphan"/>
    public bool FoundOrphan => watch.FoundOrphan;

    /// <inheritdoc cref="SessionWatch.IsDeaf"/>
    public bool IsDeaf => watch.IsDeaf;

    /// <inheritdoc cref="SessionState.Committed"/>
    public long Committed => state.Committed;

    /// <summary>True if there is nothing more to do; false if a new session must take over.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        using var linked = cancel.Register(state.End);
        using var hard = new CancellationTokenSource();
        var polling = Task.Factory.StartNew(
            () => poller.Run(loaded),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var committing = Task.Run(() => CommitAsync(hard.Token), CancellationToken.None);
        var watching = Task.Run(() => watch.RunAsync(state.Ending), CancellationToken.None);
        await Task.WhenAny(polling, committing, watching);
        await state.EndAsync();
        state.Wake();
        // A running transaction is finished; one that waits for a database is abandoned, and nothing of it is lost.
        hard.CancelAfter(TimeSpan.FromSeconds(4));
        try
        {
            await committing;
        }
        catch (OperationCanceledException)
        {
            parts.Log.LogWarning("consume: stopped while the database was away; its messages are read again next time");
        }
        finally
        {
            loaded.Set();
            await Task.WhenAll(polling, watching);
        }

        if (state.Failure is not null)
            throw state.Failure;
        return state.IsDone;
    }

    private async Task CommitAsync(CancellationToken cancel)
    {
        while (true)
        {
            await state.WaitAsync(cancel);
            if (state.IsEnding)
                return;
            while (state.Take() is { } batch)
            {
                IReadOnlyCollection<PartitionClaim> lost;
                using (Tracing.Batch(parts.Stream.Topic, batch.Count, batch.Links))
                    lost = await parts.Loader.LoadAsync(batch, cancel);
                if (state.Settle(lost))
                {
                    WasOvertaken = lost.Count > 0;
                    state.End();
                }

                if (state.IsEnding)
                    return;
            }

            if (state.Markers() is { Count: > 0 } markers && (await parts.Loader.PassAsync(markers, cancel)).Count > 0)
            {
                WasOvertaken = true;
                state.End();
            }
        }
    }

    public void Dispose()
    {
        loaded.Dispose();
        state.Dispose();
    }
}

/// <summary>What a session works with.</summary>
internal sealed record SessionParts(
    MuseumStore Store,
    KafkaClients Clients,
    StreamIdentity Stream,
    StreamLoader Loader,
    StreamTopic Topic,
    StreamPlan Plan,
    StreamOptions Options,
    StreamHealth Health,
    ILogger Log
);

/// <summary>What a session is to do.</summary>
/// <param name="Messages">Stop after this many.</param>
/// <param name="Ends">Stop when every partition has reached this offset; null to run for ever.</param>
/// <param name="Patience">How many times longer than usual messages may wait. More after each client that heard
/// nothing: a long stretch of aborted transactions may be nothing but slow.</param>
/// <param name="Named">Join the group under the configured name, if there is one.</param>
internal sealed record StreamPlan(
    int RunId,
    string Owner,
    long Messages,
    IReadOnlyDictionary<int, long>? Ends,
    int Patience = 1,
    bool Named = true
);
