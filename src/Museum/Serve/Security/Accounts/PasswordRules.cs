using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace MuseumPipeline.Serve.Security.Accounts;

/// <summary>Refuses passwords that are too short, and common ones, with or without digits and signs around them. Nothing
/// else is required: length is what makes a password hard to guess.</summary>
internal static class PasswordRules
{
    public const int Shortest = 10;

    /// <summary>More only costs time to hash.</summary>
    public const int Longest = 200;

    private const int FewCharacters = 4;
    private static readonly char[] Decoration = [.. "0123456789!?.,-_*#+&/ "];
    private const string Rows = "qwertyuiop asdfghjkl zxcvbnm 1234567890 abcdefghijklmnopqrstuvwxyz";

    /// <summary>Hashes of the published passwords that are long enough (eng/common-passwords).</summary>
    private static readonly Lazy<FrozenSet<ulong>> Published = new(ReadPublished);

    /// <summary>Words that such passwords are made of, and the museum's own; letters only.</summary>
    private static readonly FrozenSet<string> Common = """
        password passwort passw pass word admin administrator root user guest login access welcome hello letmein master
        secret change changeme default test testing tester temp temporary qwerty qwertz azerty asdf zxcvbn iloveyou love
        lovely loveme baby babygirl princess angel sunshine shadow monkey dragon football soccer baseball basketball
        hockey rugby cricket liverpool everton chelsea arsenal manchester united tottenham rangers celtic superman batman
        spiderman pokemon starwars matrix ninja mustang ferrari porsche harley yamaha michael jordan jessica jennifer
        ashley daniel thomas charlie george william harry robert matthew andrew joshua nicole michelle hannah chocolate
        cookie cheese pepper ginger coffee banana orange summer winter spring autumn january february march april may june
        july august september october november december monday tuesday wednesday thursday friday saturday sunday london
        england scotland ireland wales britain america computer internet server database system network windows google
        apple samsung android iphone whatever nothing trustno killer hunter ranger buster tigger purple flower blessed
        jesus christ heaven freedom money business office company museum museums gallery exhibition natural history
        smiley kiosk dashboard security operator viewer visitor staff
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    /// <summary>What is wrong with a password for somebody of this name; null where nothing is.</summary>
    public static string? Fault(string? password, string name) =>
        password is null || password.Length < Shortest
            ? $"the password is too short: expected {Shortest} characters or more"
        : password.Length > Longest ? $"the password is too long: expected {Longest} characters at most"
        : password.Distinct().Count() <= FewCharacters || IsWalk(password.ToLowerInvariant())
            ? "the password is a pattern that is tried first: expected one that nobody guesses"
        : IsCommon(password, name)
            ? "the password is a common one, or one with digits and signs around it: expected one that nobody guesses, "
                + "such as four words that have nothing to do with one another"
        : null;

    /// <summary>Most characters are the one before, or its neighbour in a row of keys or in the alphabet.</summary>
    private static bool IsWalk(string password)
    {
        var steps = password.Zip(password.Skip(1)).Count(pair => pair.First == pair.Second || AreNeighbours(pair));
        return steps * 3 >= (password.Length - 1) * 2;
    }

    private static bool AreNeighbours((char First, char Second) pair) =>
        Rows.Contains($"{pair.First}{pair.Second}", StringComparison.Ordinal)
        || Rows.Contains($"{pair.Second}{pair.First}", StringComparison.Ordinal);

    private static bool IsCommon(string password, string name)
    {
        if (Published.Value.Contains(HashOf(password.ToLowerInvariant())))
            return true;
        // Digits and signs at the ends are decoration; within a word they stand for letters.
        var plain = string.Concat(password.ToLowerInvariant().Trim(Decoration).Select(Plain).Where(char.IsLetter));
        var own = string.Concat(name.ToLowerInvariant().Where(char.IsLetter));
        if (own.Length >= 3)
            plain = plain.Replace(own, "", StringComparison.Ordinal);
        return IsMadeOfCommon(plain, most: 2);
    }

    private static ulong HashOf(string password) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    private static FrozenSet<ulong> ReadPublished()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Enumerable
            .Range(0, bytes.Length / sizeof(ulong))
            .Select(n => BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(n * sizeof(ulong))))
            .ToFrozenSet();
    }

    private static bool IsMadeOfCommon(string letters, int most) =>
        letters.Length == 0
        || most > 0
            && Enumerable
                .Range(1, letters.Length)
                .Any(end => Common.Contains(letters[..end]) && IsMadeOfCommon(letters[end..], most - 1));

    /// <summary>The letter that a digit or sign stands for in such passwords.</summary>
    private static char Plain(char c) =>
        c switch
        {
            '0' => 'o',
            '1' or '!' => 'i',
            '3' => 'e',
            '4' or '@' => 'a',
            '5' or '$' => 's',
            '7' => 't',
            _ => c,
        };
}
