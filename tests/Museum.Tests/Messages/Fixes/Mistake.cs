using System.Globalization;

namespace MuseumPipeline.Tests.Messages.Fixes;

/// <summary>What a user types, what it says, and its fix; a paragraph of one of the files beside this one.</summary>
/// <param name="Line">Where the paragraph begins.</param>
/// <param name="Settings">After "with ": KEY=VALUE, or a service: LOCAL, AWS (empty databases), ORIGINAL (the
/// original's), BROKER (with the topic lmnh).</param>
/// <param name="Before">After "run " and "sql ": what was done before, at a shell or in the database.</param>
/// <param name="Typed">After "$ ": what is typed into a shell.</param>
/// <param name="ExitCode">How it ends.</param>
/// <param name="Said">After the exit code: what it says then.</param>
/// <param name="Steps">After "> ": a piece of the message, and after " => " what is typed for it, where these are not
/// the same: a setting, -KEY to remove one, an option, "again" and what is typed instead, "sql" and a statement, or any
/// other command. None after "! administrator" or "! data": who else must do something.</param>
/// <param name="At">After "@ ": the file and a piece of the error, where others say it in the same words.</param>
/// <param name="Another">"…" at the end: with the fix, the line meets another error.</param>
internal sealed record Mistake(
    int Line,
    string Settings,
    IReadOnlyList<string> Before,
    string Typed,
    int ExitCode,
    string Said,
    IReadOnlyList<string> Steps,
    IReadOnlyList<string> At,
    bool Another
)
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Museum.Tests", "Messages", "Fixes");

    public static IReadOnlyList<Mistake> All { get; } =
    [.. Directory.GetFiles(Folder, "*.txt").Order(StringComparer.Ordinal).SelectMany(In)];

    public static IEnumerable<Mistake> Of(string file) => In(Path.Combine(Folder, $"{file}.txt"));

    private static IEnumerable<Mistake> In(string path)
    {
        var paragraph = new List<string>();
        var lines = File.ReadAllLines(path);
        for (var at = 0; at <= lines.Length; at++)
        {
            var text = at < lines.Length ? lines[at] : "";
            if (text.Length == 0 && paragraph.Count > 0)
            {
                yield return Read(at - paragraph.Count + 1, Joined(paragraph));
                paragraph.Clear();
            }
            else if (text.Length > 0 && text[0] != '#')
                paragraph.Add(text);
        }
    }

    /// <summary>A line that ends with a backslash goes on in the next one.</summary>
    private static string[] Joined(List<string> lines) => string.Join('\n', lines).Replace(" \\\n ", "").Split('\n');

    /// <summary>What it quotes of the error.</summary>
    public IEnumerable<string> Quotes => Steps.Select(step => step.Split(" => ")[0]).Prepend(Said);

    private static Mistake Read(int line, string[] paragraph)
    {
        var said = paragraph.Single(text => char.IsAsciiDigit(text[0])).Split(' ', 2);
        return new(
            line,
            After("with ").FirstOrDefault(""),
            [.. paragraph.TakeWhile(text => text[0] != '$').Where(text => text[..4] is "run " or "sql ")],
            After("$ ").Single(),
            int.Parse(said[0], CultureInfo.InvariantCulture),
            said[1],
            [.. After("> ")],
            [.. After("@ ")],
            paragraph[^1] == "…"
        );

        IEnumerable<string> After(string mark) =>
            paragraph
                .Where(text => text.StartsWith(mark, StringComparison.Ordinal))
                .Select(text => text[mark.Length..]);
    }
}
