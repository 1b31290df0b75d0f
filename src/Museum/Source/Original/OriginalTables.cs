using MuseumPipeline.Model;
using Npgsql;

namespace MuseumPipeline.Source.Original;

/// <summary>Whether tables are the original's.</summary>
internal static class OriginalTables
{
    private const string Local = "timestamp without time zone";
    private const string Instant = "timestamp with time zone";

    private static readonly string[] Expected =
    [
        "floor.floor_id",
        "floor.floor",
        "department.department_id",
        "department.department_name",
        "exhibition.exhibition_id",
        "exhibition.exhibition_name",
        "exhibition.exhibition_start_date",
        "exhibition.exhibition_description",
        "exhibition.floor_id",
        "exhibition.department_id",
        "rating_type.rating_type_id",
        "rating_type.rating_type_value",
        "rating_type.rating_description",
        "support_type.support_type_id",
        "support_type.support_type_value",
        "support_type.support_description",
        "rating_instance.rating_instance_id",
        "rating_instance.rating_created_at",
        "rating_instance.exhibition_id",
        "rating_instance.rating_type_id",
        "support_instance.support_instance_id",
        "support_instance.instance_created_at",
        "support_instance.exhibition_id",
        "support_instance.support_type_id",
    ];

    private const string Columns = """
        select c.relname || '.' || a.attname, format_type(a.atttypid, null)
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and a.attnum > 0 and not a.attisdropped
        """;

    /// <summary>Whether the times are instants.</summary>
    /// <exception cref="MuseumException">The tables are not the original's.</exception>
    public static async Task<bool> CheckAsync(NpgsqlConnection connection, string where, CancellationToken cancel)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand(Columns, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                types[reader.GetString(0)] = reader.GetString(1);
        }

        if (types.ContainsKey("schema_migration.version"))
            throw Wrong(where, "this program's own tables", "those of the original; museum db copy takes ours along");
        var missing = Expected.Where(column => !types.ContainsKey(column)).ToList();
        if (missing.Count > 0)
            throw Wrong(
                where,
                missing.Count == Expected.Length ? "none of the tables" : $"no {string.Join(", no ", missing)}",
                "the original's tables (docs/from-the-original.md); another schema of a database is named as "
                    + "postgresql://USER@HOST/DATABASE?schema=NAME"
            );
        var (ratings, calls) = (
            types["rating_instance.rating_created_at"],
            types["support_instance.instance_created_at"]
        );
        if (ratings is not (Local or Instant) || calls != ratings)
            throw Wrong(where, $"times of type {ratings} and {calls}", $"{Local} or {Instant} in both tables");
        return ratings == Instant;
    }

    private static MuseumException Wrong(string where, string found, string expected) =>
        new(ExitCode.DataRefused, $"{where}: found {found}, expected {expected}");
}
