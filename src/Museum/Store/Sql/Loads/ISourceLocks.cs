using System.Data.Common;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>Keeps two processes from working on the same object or file.</summary>
internal interface ISourceLocks
{
    /// <summary>Null if another process holds it.</summary>
    Task<SourceHold?> TakeAsync(SourceIdentity identity, CancellationToken cancel);
}

/// <summary>A source held by this process, and its connection: claim and transaction end together. Releases both when
/// disposed.</summary>
internal abstract class SourceHold(DbConnection connection) : IAsyncDisposable
{
    public DbConnection Connection { get; } = connection;

    /// <summary>Holds one more name with the same connection; false where another process holds it.</summary>
    public virtual Task<bool> AlsoAsync(string name, CancellationToken cancel) => Task.FromResult(true);

    public abstract ValueTask DisposeAsync();
}
