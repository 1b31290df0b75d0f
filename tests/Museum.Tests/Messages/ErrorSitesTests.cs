using System.CommandLine;
using System.Text.RegularExpressions;
using MuseumPipeline.Tests.Messages.Fixes;

namespace MuseumPipeline.Tests.Messages;

/// <summary>Every error for a person is one that a test has caused, and every command that one names is
/// there.</summary>
public sealed partial class ErrorSitesTests
{
    private static readonly Lazy<string> Tests = new(() =>
        string.Join(
            '\n',
            [
                .. ErrorSites
                    .Files(Path.Combine(Repository.Root, "tests"))
                    .Where(file => Path.GetFileName(file) != "ErrorSitesTests.cs")
                    .Select(ErrorSites.Joined),
                Fixes,
            ]
        )
    );

    private static readonly string Fixes = string.Join('\n', Mistake.All.SelectMany(mistake => mistake.Quotes));

    [Fact]
    public void Each_error_has_an_input_that_causes_it()
    {
        var without = ErrorSites
            .All.Where(site =>
                !IsAt(site)
                && !Marked.All.Any(mark => mark.WithoutTest && mark.Is(site))
                && !ErrorSites.Quotes(Tests.Value, site)
            )
            .ToList();

        Assert.True(ErrorSites.All.Count > 230, $"only {ErrorSites.All.Count} places were found");
        Assert.True(
            without.Count == 0,
            Told(without, "errors that no test quotes: cause each and assert what it says")
        );
    }

    [Fact]
    public void Each_fix_is_typed_by_a_test_or_marked_with_who_else_must_do_something()
    {
        var without = ErrorSites
            .All.Where(site => !IsAt(site) && !Marked.All.Any(mark => mark.Is(site)) && !ErrorSites.Quotes(Fixes, site))
            .ToList();

        Assert.True(without.Count == 0, Told(without, "errors whose fix is neither in Fixes/ nor in marked.txt"));
        Assert.All(Marked.All, mark => Assert.Contains(ErrorSites.All, mark.Is));
        var tests = typeof(ErrorSitesTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        Assert.All(Marked.All.Where(mark => mark.Test is not null), mark => Assert.Contains(mark.Test!, tests));
    }

    private static bool IsAt(ErrorSites.Site site) =>
        Mistake
            .All.SelectMany(mistake => mistake.At)
            .Select(at => at.Split(' ', 2))
            .Any(at => site.File.Contains(at[0], StringComparison.Ordinal) && Says(site, at[1]));

    private static bool Says(ErrorSites.Site site, string piece) =>
        site.Pieces.Any(said => said.Contains(piece, StringComparison.Ordinal));

    private static string Told(List<ErrorSites.Site> sites, string what) =>
        $"{sites.Count} {what}:\n"
        + string.Join('\n', sites.Select(site => $"{site.Place}: {site.Pieces.MaxBy(piece => piece.Length)}"));

    [Fact]
    public void No_error_begins_with_unexpected() =>
        Assert.DoesNotContain(
            ErrorSites.All,
            site => site.Pieces[0].StartsWith("unexpected", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>Read from every text of the program: a verb that does not exist, or an option that it does not have,
    /// is a fix that does not work as typed.</summary>
    [Fact]
    public void Each_command_that_a_message_names_is_understood()
    {
        var wrong = new List<string>();
        var named = 0;
        foreach (var file in ErrorSites.Files(ErrorSites.Source))
        {
            foreach (var text in ErrorSites.Texts(ErrorSites.Joined(file)))
            {
                foreach (Match mention in Mention().Matches(text))
                {
                    named++;
                    if (Fault(mention.Value) is { } fault)
                        wrong.Add($"{Path.GetFileName(file)}: \"{mention.Value}\": {fault}");
                }
            }
        }

        Assert.True(named > 50, $"only {named} commands were found");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string? Fault(string mention)
    {
        Command command = TheCommand.Root;
        foreach (var word in mention.Split(' ')[1..])
        {
            if (word.StartsWith('-'))
            {
                if (
                    word != "--help"
                    && !command.Options.Any(option => option.Name == word || option.Aliases.Contains(word))
                )
                    return $"{command.Name} has no {word}";
            }
            else if (command.Subcommands.FirstOrDefault(verb => verb.Name == word) is { } verb)
                command = verb;
            else if (command is RootCommand)
                return Names.Contains(word) ? null : $"there is no verb {word}";
            else
                return null;
        }

        return null;
    }

    /// <summary>What follows "museum" where no command is meant.</summary>
    private static readonly string[] Names = ["and", "dashboard", "time"];

    // "run museum db migrate", "`museum kafka status`", "(museum sources)": what is typed, not what is told of a
    // museum.
    [GeneratedRegex(
        @"(?<=(?:^|[`(:,]\s?|\brun |\bwith |\bby |\bthe fix is ))museum(?: --?[a-z][a-z0-9-]*| [a-z][a-z0-9-]*)+"
    )]
    private static partial Regex Mention();
}
