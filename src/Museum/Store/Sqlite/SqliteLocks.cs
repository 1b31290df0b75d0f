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
        /// <summary>Several are open at a time, and each has cached what it wrote; the pool keeps them.</summary>
        public override async ValueTask DisposeAsync()
        {
            try
            {
                await using var shrink = Connection.CreateCommand();
                shrink.CommandText = "pragma shrink_memory";
                await shrink.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (SqlDatabase.IsDriverFault(e) || e is InvalidOperationException)
            {
                // What it cached goes with it.
            }

            await Connection.DisposeAsync();
        }
    }
}
