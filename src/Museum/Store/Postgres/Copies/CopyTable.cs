using System.Globalization;
using MuseumPipeline.Store.Sql;
using NpgsqlTypes;

namespace MuseumPipeline.Store.Postgres.Copies;

/// <summary>One table as it is on the server.</summary>
/// <param name="Identity">The column that the server numbers; null where there is none.</param>
internal sealed record CopyTable(string Name, IReadOnlyList<CopyColumn> Columns, string? Identity)
{
    /// <summary>Too large for one transaction: copied in slices, in the order of the key.</summary>
    public static readonly IReadOnlyDictionary<string, string> Large = new Dictionary<string, string>
    {
        ["rating_instance"] = "rating_instance_id",
        ["support_instance"] = "support_instance_id",
        ["quarantine"] = "quarantine_id",
    };

    public string Quoted => string.Join(", ", Columns.Select(c => $"\"{c.Name}\""));

    /// <summary>
    /// What must be the same in both databases: the number of rows, the number of values in each column, the sums of
    /// whole numbers (of their remainders, so that no sum overflows), and the first and last instant.
    /// </summary>
    public IReadOnlyList<CopySum> Sums => [new("count(*)"), .. Columns.SelectMany(SumsOf)];

    private static IEnumerable<CopySum> SumsOf(CopyColumn column)
    {
        var name = $"\"{column.Name}\"";
        yield return new($"count({name})");
        if (column.Type is NpgsqlDbType.Smallint or NpgsqlDbType.Integer or NpgsqlDbType.Bigint)
            yield return new($"cast(coalesce(sum({name} % 1000003), 0) as bigint)");
        if (column.Type is not NpgsqlDbType.TimestampTz)
            yield break;
        yield return new($"min({name})", IsInstant: true);
        yield return new($"max({name})", IsInstant: true);
    }

    /// <summary>The tables of this program, each after those that it refers to.</summary>
    public static async Task<List<CopyTable>> ListAsync(SqlSession session)
    {
        const string Columns = """
            select c.relname, a.attname, t.typname, a.attidentity <> ''
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
            where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0
              and not a.attisdropped and a.attgenerated = '' and c.relname not in ('schema_migration', 'db_copy')
            order by c.relname, a.attnum
            """;
        const string References = """
            select c.relname, r.relname from pg_constraint k
            join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
            where k.contype = 'f' and k.connamespace = current_schema()::regnamespace and k.conrelid <> k.confrelid
            """;
        var columns = await session.ReadAsync(
            Columns,
            r => (Table: r.Text(), new CopyColumn(r.Text(), TypeOf(r.Text())), Identity: r.Flag())
        );
        var references = (await session.ReadAsync(References, r => (Table: r.Text(), To: r.Text()))).ToLookup(
            r => r.Table,
            r => r.To
        );
        var tables = columns
            .GroupBy(c => c.Table)
            .Where(group => OwnKeys.Tables.Contains(group.Key))
            .ToDictionary(
                group => group.Key,
                group => new CopyTable(
                    group.Key,
                    [.. group.Select(c => c.Item2)],
                    group.Where(c => c.Identity).Select(c => c.Item2.Name).FirstOrDefault()
                )
            );
        var (ordered, seen) = (new List<CopyTable>(), new HashSet<string>());
        foreach (var name in tables.Keys.Order(StringComparer.Ordinal))
            Visit(name);
        return ordered;

        void Visit(string name)
        {
            if (!tables.TryGetValue(name, out var table) || !seen.Add(name))
                return;
            foreach (var to in references[name])
                Visit(to);
            ordered.Add(table);
        }
    }

    private static NpgsqlDbType TypeOf(string name) =>
        name switch
        {
            "int2" => NpgsqlDbType.Smallint,
            "int4" => NpgsqlDbType.Integer,
            "int8" => NpgsqlDbType.Bigint,
            "bool" => NpgsqlDbType.Boolean,
            "text" => NpgsqlDbType.Text,
            "bytea" => NpgsqlDbType.Bytea,
            "timestamptz" => NpgsqlDbType.TimestampTz,
            "time" => NpgsqlDbType.Time,
            "date" => NpgsqlDbType.Date,
            "float8" => NpgsqlDbType.Double,
            _ => throw new InvalidOperationException($"no column of ours has the type {name}"),
        };
}

/// <summary>One of the values by which two databases are compared: a number or an instant.</summary>
internal sealed record CopySum(string Sql, bool IsInstant = false);

internal sealed record CopyColumn(string Name, NpgsqlDbType Type)
{
    /// <summary>A value of either database as PostgreSQL's driver takes it for this column.</summary>
    public object Convert(object value) =>
        Type switch
        {
            NpgsqlDbType.Smallint => System.Convert.ToInt16(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Integer => System.Convert.ToInt32(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Bigint => System.Convert.ToInt64(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Boolean => System.Convert.ToBoolean(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Double => System.Convert.ToDouble(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.TimestampTz => value is string text
                ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime
                : value,
            NpgsqlDbType.Time => value is string text ? TimeOnly.Parse(text, CultureInfo.InvariantCulture) : value,
            NpgsqlDbType.Date => value is string text
                ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture)
                : value,
            _ => value,
        };
}
