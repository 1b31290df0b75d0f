using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;

namespace MuseumPipeline.Bench.Rivals;

/// <summary>
/// The rows of an embedded database in a compact file, just as the tables want them: what the bare insert reads, so
/// that it has
/// nothing to do but to insert.
/// </summary>
internal static class StoredRows
{
    /// <summary>yyyy-MM-ddTHH:mm:ss.ffffffZ</summary>
    public const int TimeBytes = 27;

    public const int Bytes = 1 + 8 + 8 + 4 + 4 + 4 + TimeBytes;

    public static async Task ExportAsync(string database, string to, CancellationToken cancel)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync(cancel);
        await using var file = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        await using var select = connection.CreateCommand();
        select.CommandText = """
            select 0, rating_instance_id, position, exhibition_id, source_id, rating_type_id, rating_created_at from rating_instance
            union all
            select 1, support_instance_id, position, exhibition_id, source_id, support_type_id, instance_created_at from support_instance
            """;
        await using var rows = await select.ExecuteReaderAsync(cancel);
        var row = new byte[Bytes];
        while (await rows.ReadAsync(cancel))
        {
            row[0] = rows.GetByte(0);
            BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(1), rows.GetInt64(1));
            BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(9), rows.GetInt64(2));
            for (var column = 3; column < 6; column++)
                BinaryPrimitives.WriteInt32LittleEndian(row.AsSpan(17 + ((column - 3) * 4)), rows.GetInt32(column));
            Encoding.ASCII.GetBytes(rows.GetString(6), row.AsSpan(29));
            await file.WriteAsync(row, cancel);
        }
    }
}

/// <summary>One row, looked at in the buffer it was read into.</summary>
internal readonly ref struct StoredRow(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public bool IsSupport => bytes[0] == 1;

    public long Id => BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]);

    public long Position => BinaryPrimitives.ReadInt64LittleEndian(bytes[9..]);

    public int ExhibitionId => BinaryPrimitives.ReadInt32LittleEndian(bytes[17..]);

    public int SourceId => BinaryPrimitives.ReadInt32LittleEndian(bytes[21..]);

    public int TypeId => BinaryPrimitives.ReadInt32LittleEndian(bytes[25..]);

    public ReadOnlySpan<byte> Time => bytes.Slice(29, StoredRows.TimeBytes);
}
