namespace MuseumPipeline.Tests.Messages;

/// <summary>An error whose fix no test types: a line of <c>marked.txt</c>.</summary>
/// <param name="Piece">A piece of what it says.</param>
/// <param name="Test">The test that causes it; null where <paramref name="WithoutTest"/> says that none can.</param>
internal sealed record Marked(string Piece, string? Test, bool WithoutTest)
{
    private const string NoTest = "no test: ";

    public static IReadOnlyList<Marked> All { get; } =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "Museum.Tests", "Messages", "marked.txt"))
            .Where(line => line.Length > 0 && line[0] is not ('#' or '['))
            .Select(line => line.Split(" | "))
            .Select(parts =>
                parts[1].StartsWith(NoTest, StringComparison.Ordinal)
                    ? new Marked(parts[0], null, true)
                    : new Marked(parts[0], parts[1], false)
            ),
    ];

    public bool Is(ErrorSites.Site site) => site.Pieces.Any(piece => piece.Contains(Piece, StringComparison.Ordinal));
}
