using System.Globalization;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Detects a pooler that shares a server session among several clients: session locks stay behind in it, and
/// LISTEN receives nothing.</summary>
internal static class PostgresPooler
{
    private const int Tries = 3;

    /// <summary>What was found, and what to do; null if each connection keeps its session.</summary>
    public static async Task<(string Found, string Fix)?> FindAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var first = await source.OpenConnectionAsync(cancel);
        // A connection directly to the server reports the process that serves it.
        if (await BackendAsync(first, cancel) == first.ProcessID)
            return null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var before = await BackendAsync(first, cancel);
            // A pooler that shares sessions lends out the one that was returned last.
            await using var second = await source.OpenConnectionAsync(cancel);
            await using var transaction = await second.BeginTransactionAsync(cancel);
            if (await BackendAsync(second, cancel) == before)
                return (
                    "it is reached through a pooler in transaction mode, as pgbouncer's pool_mode=transaction: there "
                        + "parallel loads would wait for ever, and emergencies would show late",
                    "set host and port to the server itself, or set pool_mode=session for this database in the pooler"
                );
        }

        return null;
    }

    private static async Task<int> BackendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }
}
