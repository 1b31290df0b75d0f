using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>PostgreSQL 13 to 18, local or RDS.</summary>
internal static class PostgresStore
{
    /// <summary>Two connections keep a two-core server busy; more gain little and hold more locks.</summary>
    private static readonly int Writers = Math.Clamp(Environment.ProcessorCount, 2, 4);

    private static readonly TimeSpan UsuallyFrozenAfter = TimeSpan.FromSeconds(15);

    /// <param name="target"><c>local</c> or <c>aws</c>.</param>
    /// <param name="dataSource">Owned: disposed with the store.</param>
    /// <param name="clock">For the ledger's times.</param>
    /// <param name="frozenAfter">How long a load of a stream may wait for its own client before the next owner of its
    /// partition ends it.</param>
    /// <param name="schema">Which schema; null for the one that the connection finds first.</param>
    public static MuseumStore Open(
        string target,
        NpgsqlDataSource dataSource,
        TimeProvider clock,
        TimeSpan? frozenAfter = null,
        SchemaChoice? schema = null
    )
    {
        var where = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        var own = schema?.Wanted is { } wanted ? $", schema {wanted}" : "";
        var describe = $"PostgreSQL database {where.Database} on {where.Host}:{where.Port}{own}";
        var connections = new PostgresConnections(dataSource, schema);
        var faults = new PostgresFaults(target, describe, connections);
        var dialect = new PostgresDialect(frozenAfter ?? UsuallyFrozenAfter, connections);
        var database = new PostgresDatabase(dialect, faults, connections, clock);
        var rooms = new SqlRooms(
            database,
            new PostgresBulk(),
            new PostgresLocks(database, connections),
            new PostgresAnnouncer(connections)
        );
        return rooms.Open(target, describe, Writers);
    }
}
