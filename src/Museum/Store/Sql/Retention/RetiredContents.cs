using System.Buffers.Binary;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Retention;

/// <summary>By which the content of retired presses is known again when it comes under another name: four bytes of each
/// press's hash. Of 128 presses that are looked up, chance finds one among a hundred million.</summary>
internal static class RetiredContents
{
    private const int Each = 4;

    public static byte[] Of(IEnumerable<KioskEvent> presses)
    {
        var hashes = presses.Select(press => HashOf(press)).ToList();
        var bytes = new byte[hashes.Count * Each];
        for (var i = 0; i < hashes.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * Each), hashes[i]);
        return bytes;
    }

    public static uint HashOf(in KioskEvent press) => (uint)press.ContentHash;

    /// <summary>The sources of those of these presses that are retired, by their hashes.</summary>
    /// <param name="except">Versions of this name do not count.</param>
    public static async Task<ILookup<uint, int>> FindAsync(
        SqlSession session,
        IReadOnlyCollection<KioskEvent> presses,
        SourceIdentity except
    )
    {
        const string Sql = """
            select source_id, contents from retired
            where not pending and contents is not null and first_at <= @last and last_at >= @first
              and source_id not in (select source_id from source where location = @location and name = @name)
            """;
        var wanted = presses.Select(press => HashOf(press)).ToHashSet();
        var found = new HashSet<(uint Hash, int Source)>();
        await session.EachAsync(
            Sql,
            r =>
            {
                var (source, contents) = (r.Int(), r.BytesOrNull()!);
                for (var at = 0; at < contents.Length; at += Each)
                {
                    var hash = BinaryPrimitives.ReadUInt32LittleEndian(contents.AsSpan(at));
                    if (wanted.Contains(hash))
                        found.Add((hash, source));
                }

                return ValueTask.CompletedTask;
            },
            ("first", StoredInstants.Of(presses.Min(press => press.At))),
            ("last", StoredInstants.Of(presses.Max(press => press.At))),
            ("location", except.Location),
            ("name", except.Name)
        );
        return found.ToLookup(pair => pair.Hash, pair => pair.Source);
    }
}
