using System.Data;
using System.Data.Common;

namespace MuseumPipeline.Load;

public sealed partial class PostgresStore
{
    protected override async Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel) =>
        await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);

    protected override string SecondsBetween(string earlier, string later) => $"extract(epoch from {later} - {earlier})";
}
