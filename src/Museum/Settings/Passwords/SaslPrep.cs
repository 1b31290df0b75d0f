using System.Text;

namespace MuseumPipeline.Settings.Passwords;

/// <summary>
/// A password as PostgreSQL's own clients send it (RFC 4013): full-width digits are digits, ligatures are letters,
/// accents are one with their letter. What SASLprep refuses is sent as it is, as psql does.
/// </summary>
/// <remarks>Npgsql leaves this to .NET, which normalises nothing without ICU; the program needs none.</remarks>
internal static class SaslPrep
{
    public static string Of(string password)
    {
        if (Ascii.IsValid(password))
            return password;
        var tables = UnicodeTables.Get();
        List<int> mapped = [];
        foreach (var rune in password.EnumerateRunes())
        {
            // Half of a pair: no text at all.
            if (rune == Rune.ReplacementChar && !password.Contains('\uFFFD'))
                return password;
            if (tables.IsSpace(rune.Value))
                mapped.Add(' ');
            else if (!tables.IsNothing(rune.Value))
                mapped.Add(rune.Value);
        }

        return mapped.Count == 0 || mapped.Exists(tables.IsRefused) || !ReadsOneWay(mapped, tables)
            ? password
            : string.Concat(Nfkc.Of(mapped, tables).Select(code => new Rune(code).ToString()));
    }

    /// <summary>What holds a letter that runs from right to left holds none that runs the other way, and begins and
    /// ends with one.</summary>
    private static bool ReadsOneWay(List<int> text, UnicodeTables tables) =>
        !text.Exists(tables.IsRightToLeft)
        || (!text.Exists(tables.IsLeftToRight) && tables.IsRightToLeft(text[0]) && tables.IsRightToLeft(text[^1]));
}
