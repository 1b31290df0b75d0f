using System.Data.Common;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>The write transaction is the lock; a claim only keeps what the ledger said.</summary>
internal sealed class SqliteLocks(SqlDatabase database) : ISourceLocks
{
    public async Task<SourceHold?> TakeAsync(SourceIdentity identity, CancellationToken cancel) =>
        new Hold(await database.OpenAsync(cancel));

    private sealed class Hold(DbConnection connection) : SourceHold(connection)
    {
        public override ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
