using System.Globalization;

namespace MuseumPipeline.Drills;

/// <summary>
/// What the broker acknowledged: partition, offset, SHA-256 of the value and, where the producer knows it, what must
/// become of it.
/// The first three are what <c>museum simulate stream --ledger</c> writes too.
/// </summary>
/// <param name="Expected"><c>rating SITE VALUE MICROSECONDS</c>, <c>support SITE TYPE MICROSECONDS</c>, or the reason
/// of a refusal; empty if unknown.</param>
internal sealed record LedgerLine(int Partition, long Offset, string Hash, string Expected)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Partition} {Offset} {Hash} {Expected}");

    /// <summary>Lines of one or several ledgers; a line that is still being written is left out.</summary>
    public static IEnumerable<LedgerLine> Read(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var text = new StreamReader(stream).ReadToEnd();
            foreach (
                var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            )
            {
                var parts = line.Split(' ', 4);
                yield return new(
                    int.Parse(parts[0], CultureInfo.InvariantCulture),
                    long.Parse(parts[1], CultureInfo.InvariantCulture),
                    parts[2],
                    parts.Length > 3 ? parts[3] : ""
                );
            }
        }
    }
}
