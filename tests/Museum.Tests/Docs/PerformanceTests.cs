using System.Text.RegularExpressions;

namespace MuseumPipeline.Tests.Docs;

/// <summary>What is said of speed elsewhere is what the table says.</summary>
public sealed partial class PerformanceTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "performance.md");

    [GeneratedRegex(@"\[([^\]]*\d[^\]]*)\]\([^)]*performance\.md[^)]*\)", RegexOptions.Singleline)]
    private static partial Regex Quote();

    [GeneratedRegex(@"\d[\d,.]*\d|\d")]
    private static partial Regex Figure();

    private static IEnumerable<string> Table() =>
        File.ReadLines(Page).Where(line => line.StartsWith('|')).SelectMany(Figures);

    private static IEnumerable<string> Figures(string text) => Figure().Matches(text).Select(found => found.Value);

    public static TheoryData<string> Pages =>
        new(
            Directory
                .GetFiles(Repository.Root, "*.md")
                .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
                .Where(file => Quote().IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Order()
        );

    [Theory]
    [MemberData(nameof(Pages))]
    public void Figures_quoted_from_the_table_are_in_it(string page)
    {
        var table = Table().ToHashSet();
        foreach (Match quote in Quote().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))))
            Assert.All(
                Figures(quote.Groups[1].Value),
                figure => Assert.True(table.Contains(figure), $"{page} quotes {figure}, which the table does not have")
            );
    }

    [Fact]
    public void The_readme_quotes_it() => Assert.Contains("README.md", Pages.Select(page => page.Data));

    [Fact]
    public void Each_curve_has_its_figures_and_its_picture()
    {
        var text = File.ReadAllText(Page);
        foreach (var part in (string[])["batch", "stream", "pages", "dashboard"])
        {
            Assert.Contains($"(images/performance-{part}.svg)", text, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Repository.Root, "docs", "images", $"performance-{part}.svg")), part);
            Assert.True(
                File.ReadLines(Path.Combine(Repository.Root, "docs", "performance", $"{part}.csv")).Count() > 2,
                part
            );
        }
    }
}
