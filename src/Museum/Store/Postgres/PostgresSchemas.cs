using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>What stands in the schema that would be used.</summary>
/// <param name="Schema">Null where there is none of the name.</param>
/// <param name="Ours">Our tables are there.</param>
/// <param name="OursBeside">Our tables are in <see cref="PostgresConnections.OwnSchema"/>.</param>
/// <param name="Foreign">Tables and views of our names that are not ours, comma separated.</param>
internal sealed record SchemaContent(string? Schema, bool Ours, bool OursBeside, string Foreign);

/// <summary>Tells our tables from those of others.</summary>
internal static class PostgresSchemas
{
    // Names of tables, read from the catalogue: whoever may not read a table must still be told of it.
    private const string Look = """
        with looked as (select coalesce(@wanted, current_schema()::text) as name),
             there as (select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.relkind in ('r', 'p', 'v', 'm', 'f'))
        select (select nspname::text from pg_namespace where nspname = looked.name),
               exists (select from there where nspname = looked.name and relname = 'schema_migration'),
               exists (select from there where nspname = @own and relname = 'schema_migration'),
               coalesce((select string_agg(relname, ', ' order by relname) from there
                         where nspname = looked.name and relname = any (@names)), '')
        from looked
        """;

    /// <summary>What was there before us, and two ways on.</summary>
    public static Explanation InTheWay(string schema, string tables) =>
        new(
            $"the schema {schema} holds tables that are not this program's: {tables}; they are not touched",
            ["MUSEUM_SCHEMA"],
            $"give this program a schema of its own: MUSEUM_SCHEMA={Free(schema)}; or take their rows over into "
                + $"one, where "
                + $"they are the original's: museum db import --from {schema}"
        );

    private static string Free(string schema) =>
        schema == PostgresConnections.OwnSchema ? "museum_pipeline" : PostgresConnections.OwnSchema;

    public static async Task<SchemaContent> LookAsync(
        NpgsqlConnection connection,
        string? wanted,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(Look, connection);
        command.Parameters.Add(
            new("wanted", NpgsqlTypes.NpgsqlDbType.Text) { Value = wanted is null ? DBNull.Value : wanted }
        );
        command.Parameters.AddWithValue("own", PostgresConnections.OwnSchema);
        command.Parameters.AddWithValue("names", OwnKeys.Names.ToArray());
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        var ours = row.GetBoolean(1);
        return new(row.IsDBNull(0) ? null : row.GetString(0), ours, row.GetBoolean(2), ours ? "" : row.GetString(3));
    }

    public static async Task<bool> IsCopyingAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = "
                + "@schema and c.relname = @table)",
            connection
        );
        command.Parameters.AddWithValue("schema", schema);
        command.Parameters.AddWithValue("table", PostgresConnections.CopyTable);
        return await command.ExecuteScalarAsync(cancel) is true;
    }
}
