using System.Text.RegularExpressions;

namespace MuseumPipeline.Tests.Messages;

/// <summary>The places of the program that make an error for a person, found in its source.</summary>
internal static partial class ErrorSites
{
    /// <summary>Shorter pieces of a text are no mark of it.</summary>
    private const int Shortest = 12;

    /// <summary>So many characters of what an error says are a mark of it.</summary>
    private const int Mark = 24;

    /// <param name="Place">File and line.</param>
    /// <param name="Pieces">The constant pieces of what it says, between the values.</param>
    internal sealed record Site(string Place, IReadOnlyList<string> Pieces)
    {
        public string File => Place.Split(',')[0];
    }

    public static string Source { get; } = Path.Combine(Repository.Root, "src", "Museum");

    /// <summary>What the doctor finds is no error: it is told in rows of its own, by tests of its own.</summary>
    public static IReadOnlyList<Site> All { get; } =
    [.. Files(Source).Where(file => !file.Contains("Doctor", StringComparison.Ordinal)).SelectMany(In)];

    public static IEnumerable<string> Files(string root) =>
        Directory
            .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}")
            )
            .Order(StringComparer.Ordinal);

    /// <summary>A source with texts that are cut over several lines made whole.</summary>
    public static string Joined(string file) => Cut().Replace(File.ReadAllText(file), "");

    /// <summary>The texts of a piece of source, without what is filled in.</summary>
    public static IEnumerable<string> Texts(string source) =>
        Literal().Matches(source).Select(match => match.Groups[1].Value);

    private static IEnumerable<Site> In(string file)
    {
        var source = Joined(file);
        foreach (Match start in Start().Matches(source))
        {
            string[] pieces =
            [
                .. Texts(Arguments(source, start.Index + start.Length - 1))
                    .SelectMany(text => Filled().Split(text))
                    .Select(piece => piece.Split('{')[0].Trim(' ', '.', ',', ':', ';', '\'', '(', ')'))
                    .Where(piece => piece.Length >= Shortest && !piece.Contains('}') && !Key().IsMatch(piece)),
            ];
            var line = source.AsSpan(0, start.Index).Count('\n') + 1;
            if (pieces.Length > 0)
                yield return new($"{Path.GetRelativePath(Source, file)}, about line {line}", pieces);
        }
    }

    /// <summary>Whether a text quotes the error, in words that no other one has.</summary>
    public static bool Quotes(string text, Site site)
    {
        var others = string.Join(
            '\n',
            All.Where(other => other.File != site.File || !other.Pieces.SequenceEqual(site.Pieces))
                .SelectMany(other => other.Pieces)
        );
        return site.Pieces.Any(piece =>
            Enumerable
                .Range(0, piece.Length - Math.Min(Mark, piece.Length) + 1)
                .Select(at => piece.Substring(at, Math.Min(Mark, piece.Length)))
                .Any(mark =>
                    text.Contains(mark, StringComparison.Ordinal) && !others.Contains(mark, StringComparison.Ordinal)
                )
        );
    }

    /// <summary>From an opening bracket to the one that closes it.</summary>
    private static string Arguments(string source, int open)
    {
        var (depth, quoted) = (0, false);
        for (var at = open; at < source.Length; at++)
        {
            if (quoted)
            {
                if (source[at] == '\\')
                    at++;
                else if (source[at] == '"')
                    quoted = false;
            }
            else if (source[at] == '"')
                quoted = true;
            else if (source[at] == '(')
                depth++;
            else if (source[at] == ')' && --depth == 0)
                return source[open..(at + 1)];
        }

        return source[open..];
    }

    // What the program calls an error for a person: its exceptions, and the short-cuts that files have to them.
    [GeneratedRegex(
        @"new (?:MuseumException|ServiceRefusedException|DamagedException|FormatException)\(|(?:=> |throw |return |^\s+)"
            + @"(?:Fault|Refused|Stop|Wrong(?:<\w+>)?|CannotWrite|KafkaRefusal\.Of)\(|\.AddError\("
            + @"|values\.(?:Fault|Wrong(?:<\w+>)?)\(",
        RegexOptions.Multiline
    )]
    private static partial Regex Start();

    [GeneratedRegex(
        """
            "\s*\+\s*\$?"
            """
    )]
    private static partial Regex Cut();

    [GeneratedRegex(
        """
            "((?:[^"\\]|\\.)*)"
            """
    )]
    private static partial Regex Literal();

    // The name of a setting.
    [GeneratedRegex("^[A-Z0-9_]+$")]
    private static partial Regex Key();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Filled();
}
