using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Takes a session lock, and then does everything for this source on the same session: if the process or the
/// connection dies, lock and transaction end with it, so that there is never a claim without a writer. Only an object
/// that another one takes along is written over that one's session; should its own die meanwhile, the key of its row in
/// the ledger keeps others out.</summary>
internal sealed class PostgresLocks(SqlDatabase database, PostgresConnections connections) : ISourceLocks
{
    public async Task<SourceHold?> TakeAsync(SourceIdentity identity, CancellationToken cancel)
    {
        await database.CheckServerAsync(cancel);
        var connection = await connections.OpenAsync(cancel);
        try
        {
            var hold = new Hold(connection, $"{connections.Prefix}{identity.Location}\n{identity.Name}");
            if (await hold.TakeAsync(cancel))
                return hold;
            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await SqlDatabase.DisposeQuietlyAsync(connection);
            throw;
        }
    }

    private sealed class Hold(NpgsqlConnection connection, string name) : SourceHold(connection)
    {
        private readonly List<string> names = [];

        public Task<bool> TakeAsync(CancellationToken cancel) => AlsoAsync(name, cancel);

        public override async Task<bool> AlsoAsync(string name, CancellationToken cancel)
        {
            await using var take = Command("pg_try_advisory_lock", name);
            if (await take.ExecuteScalarAsync(cancel) is not true)
                return false;
            names.Add(name);
            return true;
        }

        public override async ValueTask DisposeAsync()
        {
            try
            {
                foreach (var held in names)
                {
                    await using var release = Command("pg_advisory_unlock", held);
                    await release.ExecuteNonQueryAsync();
                }
            }
            catch (Exception e) when (SqlDatabase.IsDriverFault(e) || e is InvalidOperationException)
            {
                // A broken session has already lost its locks.
            }

            await SqlDatabase.DisposeQuietlyAsync(Connection);
        }

        private NpgsqlCommand Command(string function, string locked) =>
            new($"select {function}(hashtextextended(@name, {PostgresDialect.LockSpace}))", connection)
            {
                Parameters = { new("name", locked) },
            };
    }
}
