namespace MuseumPipeline.Model;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearWord
{
    // With more than two wrong letters it is another word.
    private const int MostWrongLetters = 2;

    /// <summary>The word of <paramref name="known"/> with the fewest wrong letters, two at most; null if none is
    /// near.</summary>
    public static string? Of(string word, IEnumerable<string> known) =>
        word.Length < 3
            ? null
            : known
                // Far cheaper than the distance, and never more than it.
                .Where(k => Math.Abs(k.Length - word.Length) <= MostWrongLetters)
                .Select(k => (Word: k, Distance: Distance(word, k)))
                .Where(k => k.Distance <= Math.Min(MostWrongLetters, Math.Max(word.Length, k.Word.Length) / 2))
                .OrderBy(k => k.Distance)
                .ThenBy(k => k.Word, StringComparer.Ordinal)
                .Select(k => k.Word)
                .FirstOrDefault();

    // Levenshtein, with two rows.
    private static int Distance(string a, string b)
    {
        var above = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            above = row;
        }
        return above[b.Length];
    }
}
