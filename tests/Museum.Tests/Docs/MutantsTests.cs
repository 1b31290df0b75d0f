namespace MuseumPipeline.Tests.Docs;

/// <summary>The known faults of <c>eng/mutants.txt</c> follow the code: the place of each is there, and so are the tests
/// that must notice it.</summary>
public sealed class MutantsTests
{
    private static readonly Dictionary<string, Dictionary<string, string>> Mutants = File.ReadAllText(
            Path.Combine(Repository.Root, "eng", "mutants.txt")
        )
        .Split("\n== ")[1..]
        .Select(part => part.Split('\n'))
        .ToDictionary(
            lines => lines[0],
            lines =>
                lines[1..]
                    .Select(line => line.Split(": ", 2))
                    .Where(pair => pair.Length == 2)
                    .ToDictionary(pair => pair[0], pair => pair[1])
        );

    public static TheoryData<string> Names => new(Mutants.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_text_stands_in_the_sources_once_on_one_line(string name)
    {
        var mutant = Mutants[name];
        var text = mutant["find"];
        // In one file once; others may have it several times.
        var places = Directory
            .GetFiles(
                Path.Combine(Repository.Root, "src", "Museum"),
                mutant.GetValueOrDefault("in", "*.cs"),
                SearchOption.AllDirectories
            )
            .Where(file => File.ReadLines(file).Count(line => line.Contains(text, StringComparison.Ordinal)) == 1)
            .Select(file => Path.GetRelativePath(Repository.Root, file));
        Assert.Single(places);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_tests_exist(string name) =>
        Assert.All(
            Mutants[name]["tests"].Split(' '),
            pattern =>
                Assert.Contains(
                    typeof(MutantsTests).Assembly.GetTypes(),
                    type => !type.IsAbstract && type.Name.EndsWith(pattern.TrimStart('*'), StringComparison.Ordinal)
                )
        );
}
