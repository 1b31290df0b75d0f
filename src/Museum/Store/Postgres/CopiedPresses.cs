using System.Buffers.Binary;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Presses as they come out of a binary COPY of (exhibition, instant, type), none of which is ever null: rows of
/// 28 bytes.</summary>
/// <remarks>https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4</remarks>
internal static class CopiedPresses
{
    private const int Row = 2 + (4 + 4) + (4 + 8) + (4 + 2);

    /// <param name="take">Is told the exhibition, the instant in microseconds since 1970, and the type.</param>
    public static async Task ReadAsync(
        NpgsqlRawCopyStream copy,
        Action<int, long, short> take,
        CancellationToken cancel
    )
    {
        var buffer = new byte[Row * 4096];
        await copy.ReadExactlyAsync(buffer.AsMemory(0, CopyBuffer.Header.Length), cancel);
        for (var kept = 0; ; )
        {
            var read = await copy.ReadAsync(buffer.AsMemory(kept), cancel);
            if (read == 0)
                return;
            var end = kept + read;
            var at = 0;
            for (; end - at >= Row; at += Row)
                Take(buffer.AsSpan(at, Row), take);
            // The end's two bytes stay here.
            kept = end - at;
            buffer.AsSpan(at, kept).CopyTo(buffer);
        }
    }

    private static void Take(ReadOnlySpan<byte> row, Action<int, long, short> take) =>
        take(
            BinaryPrimitives.ReadInt32BigEndian(row[6..]),
            BinaryPrimitives.ReadInt64BigEndian(row[14..]) + CopyBuffer.PostgresEpoch,
            BinaryPrimitives.ReadInt16BigEndian(row[26..])
        );
}
