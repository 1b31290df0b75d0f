using System.Data;
using System.Data.Common;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Postgres;

public sealed partial class PostgresStore
{
    protected override async Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        // Weeks of presses are put in order in memory with this, and on the disk with the default.
        await ExecuteAsync(Command(connection, transaction, "set local work_mem = '64MB'"), cancel);
        return transaction;
    }

    protected override string Within(string earlier, string later) =>
        $"{later} - {earlier} <= @seconds * interval '1 second'";

    protected override string LocalDay(string instant) =>
        $"cast(greatest(least({instant}, '{StoredInstants.Last:O}'), '{StoredInstants.First:O}') at time zone @zone as "
        + "date) - date '0001-01-01'";
}
