namespace MuseumPipeline.Store.Contracts;

/// <summary>The ledger of objects and files, and the transaction that continues loading one.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface ISources
{
    /// <summary>The current sources of a place: what is loaded from it, by the ledger.</summary>
    Task<IReadOnlyList<SourceRow>> ListAsync(string location, CancellationToken cancel);

    /// <summary>Claims a source so that no other process works on it, and returns where to continue. Released by
    /// disposing, or when the process dies. Null if another process holds it.</summary>
    Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel);

    /// <summary>Holds one more name with a claim, as long as the claim; false where another process holds it.</summary>
    Task<bool> AlsoAsync(Claim claim, string name, CancellationToken cancel);

    /// <summary>The lines of a source that are already in the tables or in quarantine, ascending.</summary>
    Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel);

    /// <summary>Opens the one transaction that holds events, refusals, hourly counts, ledger and position. Null if the
    /// source changed after it was claimed: another process was here, claim it again.</summary>
    Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel);

    /// <summary>The file of this source has grown: it is to be loaded from where it ended.</summary>
    Task ExtendAsync(SourceRow source, string version, long size, CancellationToken cancel);
}

/// <summary>The identity of a source: never its content.</summary>
/// <param name="Location">The bucket or directory; for a stream the cluster and topic.</param>
/// <param name="Name">The object's key; for a stream the partition.</param>
/// <param name="Version">ETag or hash; for a stream the topic id.</param>
/// <param name="Size">Bytes; 0 if it has no end.</param>
public sealed record SourceIdentity(int MuseumId, string Kind, string Location, string Name, string Version, long Size)
{
    /// <summary>The kind of a source without an end: a stream.</summary>
    public const string Stream = "partition";
}

public enum SourceState
{
    /// <summary>Known; its position may be anywhere before the end.</summary>
    Loading,

    /// <summary>Read to the end, but rows were skipped on request (<c>--num_rows</c>).</summary>
    Partial,

    /// <summary>All of it is in the tables or in quarantine.</summary>
    Loaded,

    /// <summary>A later version with the same name replaced it; its rows are gone.</summary>
    Replaced,
}

/// <summary>A row of the ledger's <c>source</c> table.</summary>
/// <param name="Replaces">The row of the earlier version that it replaced.</param>
public sealed record SourceRow(
    int Id,
    int MuseumId,
    string Kind,
    string Location,
    string Name,
    string Version,
    long Size,
    int? Replaces,
    SourceState State,
    long NextByte,
    long NextPosition,
    long Epoch,
    byte[]? Header,
    Counts Counts
);

/// <summary>A source claimed by this process.</summary>
/// <param name="identity">The claimed source.</param>
/// <param name="current">The ledger's row of this version; null before its first commit.</param>
/// <param name="replaced">The row of the version that it replaces, if any.</param>
/// <param name="hold">The store's own: the lock and the connection; releases both when disposed.</param>
public sealed class Claim(SourceIdentity identity, SourceRow? current, SourceRow? replaced, IAsyncDisposable hold)
    : IAsyncDisposable
{
    public SourceIdentity Identity { get; } = identity;

    public SourceRow? Current { get; internal set; } = current;

    public SourceRow? Replaced { get; internal set; } = replaced;

    internal IAsyncDisposable Hold { get; } = hold;

    public ValueTask DisposeAsync() => Hold.DisposeAsync();
}
