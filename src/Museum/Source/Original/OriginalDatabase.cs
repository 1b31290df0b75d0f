using System.Globalization;
using MuseumPipeline.Model;
using Npgsql;

namespace MuseumPipeline.Source.Original;

/// <summary>The database of the original scripts: read as it is at one instant, and never written to.</summary>
internal sealed class OriginalDatabase : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction snapshot;

    private OriginalDatabase(NpgsqlConnection connection, NpgsqlTransaction snapshot, bool instants) =>
        (this.connection, this.snapshot, HasInstants) = (connection, snapshot, instants);

    /// <summary>Its times are instants; else they are what the museum's clock showed.</summary>
    public bool HasInstants { get; }

    /// <param name="source">Its search path is the schema of the original's tables.</param>
    /// <param name="where">For a person.</param>
    /// <exception cref="MuseumException">The tables are not there, or not the original's.</exception>
    public static async Task<OriginalDatabase> OpenAsync(
        NpgsqlDataSource source,
        string where,
        CancellationToken cancel
    )
    {
        var connection = await source.OpenConnectionAsync(cancel);
        try
        {
            var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
            await using (var only = new NpgsqlCommand("set transaction read only", connection))
                await only.ExecuteNonQueryAsync(cancel);
            return new(connection, snapshot, await OriginalTables.CheckAsync(connection, where, cancel));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task<List<OriginalExhibition>> ExhibitionsAsync(CancellationToken cancel) =>
        ReadAsync(
            """
            select e.exhibition_id::bigint, e.exhibition_name, e.exhibition_start_date::date, e.exhibition_description,
                   f.floor_id::bigint, f.floor::text, d.department_id::bigint, d.department_name
            from exhibition e left join floor f using (floor_id) left join department d using (department_id)
            order by 1
            """,
            r => new OriginalExhibition(
                checked((int)r.GetInt64(0)),
                Text(r, 1) ?? "",
                r.IsDBNull(2) ? null : r.GetFieldValue<DateOnly>(2),
                Text(r, 3) ?? "",
                Number(r, 4),
                Text(r, 5),
                Number(r, 6),
                Text(r, 7)
            ),
            cancel
        );

    /// <param name="kind"><c>rating</c> or <c>support</c>.</param>
    public Task<List<OriginalType>> TypesAsync(string kind, CancellationToken cancel) =>
        ReadAsync(
            $"select {kind}_type_id::bigint, {kind}_type_value::int, {kind}_description from {kind}_type order by 2",
            r => new OriginalType(
                r.GetInt64(0),
                r.GetInt32(1),
                Text(r, 2) ?? r.GetInt32(1).ToString(CultureInfo.InvariantCulture)
            ),
            cancel
        );

    public async Task<long> CountAsync(PressKind kind, CancellationToken cancel)
    {
        await using var command = Command($"select count(*) from {TableOf(kind)}");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The presses in the order of their numbers.</summary>
    /// <param name="kind">Which table.</param>
    /// <param name="every">Only one of so many.</param>
    public async IAsyncEnumerable<OriginalPress> PressesAsync(
        PressKind kind,
        long every,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var (table, time) = (TableOf(kind), kind is PressKind.Rating ? "rating_created_at" : "instance_created_at");
        var type = kind is PressKind.Rating ? "rating_type_id" : "support_type_id";
        var columns = $"{table}_id::bigint, {time}, exhibition_id::bigint, {type}::bigint";
        await using var command = Command(
            every <= 1
                ? $"select {columns} from {table} order by 1"
                : $"select * from (select {columns}, row_number() over (order by {table}_id) as n from {table}) as s "
                    + $"where n % {every.ToString(CultureInfo.InvariantCulture)} = 1 order by 1"
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return new(
                reader.GetInt64(0),
                reader.IsDBNull(1) ? null : reader.GetDateTime(1).Ticks,
                reader.IsDBNull(2) ? null : reader.GetInt64(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3)
            );
    }

    private static string TableOf(PressKind kind) => kind is PressKind.Rating ? "rating_instance" : "support_instance";

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static int? Number(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : checked((int)row.GetInt64(column));

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        var rows = new List<T>();
        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>However long it takes: tables may be large.</summary>
    private NpgsqlCommand Command(string sql) =>
#pragma warning disable CA2100 // Every text is a constant of this class.
        new(sql, connection, snapshot) { CommandTimeout = 0 };
#pragma warning restore CA2100

    public async ValueTask DisposeAsync()
    {
        await snapshot.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <param name="Start">Null where it is not known; so are floor and department.</param>
internal sealed record OriginalExhibition(
    int Id,
    string Name,
    DateOnly? Start,
    string Description,
    int? FloorId,
    string? Floor,
    int? DepartmentId,
    string? Department
);

/// <summary>What a button means.</summary>
internal sealed record OriginalType(long Id, int Value, string Description);

/// <param name="Ticks">Of the museum's clock, or of UTC where the column holds instants.</param>
internal readonly record struct OriginalPress(long Id, long? Ticks, long? ExhibitionId, long? TypeId);
