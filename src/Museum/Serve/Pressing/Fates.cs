using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Serve.Pressing;

/// <summary>What became of a message: asked of the database, never assumed.</summary>
internal sealed class Fates(IPartitions partitions, IEvents events, IQuarantine quarantine, TimeProvider clock)
{
    /// <summary>An answer waits this long for the consumer, so that a page learns of it at once and asks
    /// seldom.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Null if the stream has no such partition.</summary>
    /// <exception cref="TransientException">The database cannot be read now.</exception>
    public async Task<Fate?> OfAsync(StreamIdentity stream, int partition, long offset, CancellationToken cancel)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            var fate = await LookAsync(stream, partition, offset, cancel);
            if (fate is not { State: FateState.Waiting } || clock.GetElapsedTime(begun) > Patience)
                return fate;
            await Task.Delay(Step, clock, cancel);
        }
    }

    private async Task<Fate?> LookAsync(StreamIdentity stream, int partition, long offset, CancellationToken cancel)
    {
        var row = (await partitions.ListAsync(stream.Cluster, stream.Topic, cancel)).FirstOrDefault(row =>
            row.TopicId == stream.TopicId && row.Partition == partition
        );
        if (row is null)
            return null;
        var place = string.Create(CultureInfo.InvariantCulture, $"{stream.Topic}:{partition}@{offset}");
        if (row.NextOffset <= offset || row.SourceId is not { } source)
            return new(FateState.Waiting, place);
        var id = EventId.Of(source, offset);
        foreach (var kind in (PressKind[])[PressKind.Rating, PressKind.Support])
        {
            if (await events.FindAsync(kind, [id], cancel) is [var press])
                return new(FateState.Stored, press.Source.Place(press.Position));
        }

        return await quarantine.ListAsync(new QuarantineFilter(Id: id, State: null), cancel) is [var refused, ..]
            ? new(FateState.Refused, refused.Place)
            {
                Reason = refused.Reason.Code(),
                Meaning = ReasonMeanings.Of(refused.Reason),
                Detail = refused.Detail,
            }
            : new(FateState.Unknown, place);
    }
}

internal enum FateState
{
    /// <summary>Nobody has read it yet.</summary>
    Waiting,

    /// <summary>It is a row of the database.</summary>
    Stored,

    /// <summary>It is in quarantine.</summary>
    Refused,

    /// <summary>It was read, and is neither.</summary>
    Unknown,
}

/// <param name="Place">As topic:partition@offset.</param>
internal sealed record Fate(FateState State, string Place)
{
    public string? Reason { get; init; }

    /// <summary>The reason, for people.</summary>
    public string? Meaning { get; init; }

    /// <summary>What was found, and what was expected.</summary>
    public string? Detail { get; init; }
}
