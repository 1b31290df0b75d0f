using System.CommandLine;
using System.Text.RegularExpressions;

namespace MuseumPipeline.Tests.Messages;

/// <summary>Every error for a person is one that a test has caused, and every command that one names is
/// there.</summary>
public sealed partial class ErrorSitesTests
{
    /// <summary>So many characters of what an error says, quoted by a test, are a mark of it.</summary>
    private const int Quoted = 16;

    /// <summary>What no input of a test can cause here, by a piece of its text, and why.</summary>
    private static readonly Dictionary<string, string> Uncaused = new(StringComparer.Ordinal)
    {
        ["the ledger does not balance"] = "the tables' constraints keep it balanced",
        ["Free some space or check the rights"] = "needs a full disk: the drill disk-full shows it",
        ["Check the rights; run it again"] = "root may remove every file",
        ["is not a file of"] = "the key comes from the listing of the same directory",
        ["lines in one object; split it into several"] = "ten thousand million lines",
        ["Expected lines of the form KEY=value"] = "root may read every file",
        ["the rows do not balance"] = "the tables' constraints keep them balanced",
        ["found the number"] = "no test makes an original's database with numbers below zero",
        ["but the times there are instants"] = "no test makes an original's database with instants yet",
        ["in both tables"] = "no test makes an original's database whose tables differ",
        ["expected s3://BUCKET/PREFIX"] = "no test causes it yet",
        ["was not told"] = "no test causes it yet",
        ["was not sent the page"] = "no test causes it yet",
        ["smtps://HOST:465 or smtp://HOST:587, without"] = "no test causes it yet",
        ["expected an https address, as the service gives it"] = "no test causes it yet",
        ["is there already: a backup does not overwrite another"] = "no test causes it yet",
        ["museum sources list shows what was"] = "no test quotes it in these words yet",
        ["museum users token list shows"] = "the fix alone has words enough; the rest of it is quoted",
        ["the ledger of the copy does not balance"] = "the tables' constraints keep it balanced",
        ["check its address, and that the role may sqs"] = "needs a queue of Amazon's that refuses",
        ["is read-only. Check the permissions"] = "root may write every file",
        ["gave up after"] = "needs a database that is away for two minutes: the drill database-faults shows it",
        ["Check that it is there and that this user may read it"] = "root may read every directory",
    };

    private static readonly Lazy<string> Tests = new(() =>
        string.Join(
            '\n',
            ErrorSites
                .Files(Path.Combine(Repository.Root, "tests"))
                .Where(file => Path.GetFileName(file) != "ErrorSitesTests.cs")
                .Select(ErrorSites.Joined)
        )
    );

    [Fact]
    public void Each_error_has_an_input_that_causes_it()
    {
        var without = ErrorSites
            .All.Where(site => !site.Pieces.Any(IsQuoted) && !Uncaused.Keys.Any(known => Says(site, known)))
            .Select(site => $"{site.Place}: {site.Pieces.MaxBy(piece => piece.Length)}")
            .ToList();

        Assert.True(ErrorSites.All.Count > 150, $"only {ErrorSites.All.Count} places were found");
        Assert.True(
            without.Count == 0,
            $"{without.Count} errors that no test quotes: cause each and assert what it says:\n"
                + string.Join('\n', without)
        );
    }

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
        Command command = Program.CreateRoot();
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

    private static bool Says(ErrorSites.Site site, string piece) =>
        site.Pieces.Any(said => said.Contains(piece, StringComparison.Ordinal));

    private static bool IsQuoted(string piece)
    {
        var length = Math.Min(Quoted, piece.Length);
        for (var at = 0; at + length <= piece.Length; at++)
        {
            if (Tests.Value.Contains(piece.Substring(at, length), StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // "run museum db migrate", "`museum kafka status`", "(museum sources)": what is typed, not what is told of a
    // museum.
    [GeneratedRegex(
        @"(?<=(?:^|[`(:,]\s?|\brun |\bwith |\bby |\bthe fix is ))museum(?: --?[a-z][a-z0-9-]*| [a-z][a-z0-9-]*)+"
    )]
    private static partial Regex Mention();
}
