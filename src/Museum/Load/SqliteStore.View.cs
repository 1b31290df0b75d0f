using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace MuseumPipeline.Load;

public sealed partial class SqliteStore
{
    /// <summary>Deferred: it only reads, and takes no lock.</summary>
    protected override Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    /// <summary>To the millisecond, which is as far as SQLite's own functions see.</summary>
    protected override string SecondsBetween(string earlier, string later) => $"round(unixepoch({later}, 'subsec') - unixepoch({earlier}, 'subsec'), 3)";
}
