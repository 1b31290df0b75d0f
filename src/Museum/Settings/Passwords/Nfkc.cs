namespace MuseumPipeline.Settings.Passwords;

/// <summary>Unicode's normalisation form KC: compatible characters become one, and letters are joined with their
/// accents.</summary>
/// <remarks>https://www.unicode.org/reports/tr15/, and chapter 3.12 of the standard for Hangul.</remarks>
internal static class Nfkc
{
    private const int Syllables = 0xAC00,
        Leads = 0x1100,
        Vowels = 0x1161,
        Trails = 0x11A7,
        LeadCount = 19,
        VowelCount = 21,
        TrailCount = 28;

    public static IReadOnlyList<int> Of(IEnumerable<int> text, UnicodeTables tables)
    {
        List<int> codes = [.. text.SelectMany(code => Decomposed(code, tables))];
        Order(codes, tables);
        return Composed(codes, tables);
    }

    private static int[] Decomposed(int code, UnicodeTables tables)
    {
        var syllable = code - Syllables;
        if (syllable is < 0 or >= LeadCount * VowelCount * TrailCount)
            return tables.Decomposition(code) is { } parts ? parts : [code];
        var (lead, vowel, trail) = (
            Leads + (syllable / (VowelCount * TrailCount)),
            Vowels + (syllable % (VowelCount * TrailCount) / TrailCount),
            Trails + (syllable % TrailCount)
        );
        return trail == Trails ? [lead, vowel] : [lead, vowel, trail];
    }

    /// <summary>Marks behind a letter stand in the order of their classes; those of one class keep theirs.</summary>
    private static void Order(List<int> codes, UnicodeTables tables)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;
            while (end < codes.Count && tables.Class(codes[end]) > 0)
                end++;
            if (end - start > 1)
            {
                int[] marks = [.. codes[start..end].OrderBy(tables.Class)];
                for (var i = 0; i < marks.Length; i++)
                    codes[start + i] = marks[i];
            }

            start = end;
        }
    }

    private static List<int> Composed(List<int> codes, UnicodeTables tables)
    {
        List<int> result = [];
        var (starter, last) = (-1, -1);
        foreach (var code in codes)
        {
            var mark = tables.Class(code);
            // A mark joins the letter where no other of its class, or none that is no mark, stands in between.
            if (starter >= 0 && last < mark && Pair(result[starter], code, tables) is { } joined)
            {
                result[starter] = joined;
                continue;
            }

            (starter, last) = mark == 0 ? (result.Count, -1) : (starter, mark);
            result.Add(code);
        }

        return result;
    }

    private static int? Pair(int first, int second, UnicodeTables tables)
    {
        var (lead, vowel) = (first - Leads, second - Vowels);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
            return Syllables + (((lead * VowelCount) + vowel) * TrailCount);
        var (syllable, trail) = (first - Syllables, second - Trails);
        if (
            syllable is >= 0 and < LeadCount * VowelCount * TrailCount
            && syllable % TrailCount == 0
            && trail is > 0 and < TrailCount
        )
            return first + trail;
        return tables.Composition(first, second);
    }
}
