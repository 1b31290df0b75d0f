using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using MuseumPipeline.Commands;
using MuseumPipeline.Commands.Help;
using MuseumPipeline.Tests.Commands;

namespace MuseumPipeline.Tests.Messages;

/// <summary>What people read before they know a verb.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Verbs => [.. Leaves(TheCommand.Root, "")];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_verb_has_two_examples_that_are_understood(string verb)
    {
        var examples = Examples.Of(verb);

        Assert.True(examples.Count >= 2, $"museum {verb} has {examples.Count} examples in Commands/Help/Examples.cs");
        foreach (var example in examples)
        {
            var words = CommandLineParser.SplitCommandLine(Redirection().Replace(example, "")).ToArray();
            var parsed = TheCommand.Root.Parse(words[1..]);

            Assert.Equal("museum", words[0]);
            Assert.Equal(verb, Failure.Name(parsed.CommandResult));
            Assert.False(
                UsageError.In(parsed),
                $"{example}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}"
            );
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Its_help_shows_them_and_no_type_of_the_program(string verb)
    {
        using var output = new StringWriter();
        var code = await TheCommand
            .Root.Parse([.. verb.Split(' '), "--help"])
            .InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);

        var text = output.ToString();
        Assert.Equal(0, code);
        Assert.All(Examples.Of(verb), example => Assert.Contains(example, text, StringComparison.Ordinal));
        Assert.DoesNotMatch(TypeName(), text);
        // What stands for a value says what kind of one, in capitals, or lists the words.
        Assert.DoesNotMatch(Unnamed(), text);
    }

    [Fact]
    public async Task Help_VERB_says_the_same_as_VERB_help()
    {
        using var museum = new MuseumProcess();
        var (long_, short_) = (
            await museum.RunAsync("help", "db", "migrate"),
            await museum.RunAsync("db", "migrate", "--help")
        );

        Assert.Equal((0, short_.Out), (long_.ExitCode, long_.Out));
        Assert.Contains("museum db migrate --database samples.db", long_.Out, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Leaves(Command command, string name)
    {
        foreach (var verb in command.Subcommands.Where(c => !c.Hidden))
        {
            var full = $"{name} {verb.Name}".Trim();
            if (verb.Subcommands.Count == 0)
                yield return full;
            foreach (var leaf in Leaves(verb, full))
                yield return leaf;
        }
    }

    [GeneratedRegex(@"\s(?:<|>>?)\s.*$")]
    private static partial Regex Redirection();

    [GeneratedRegex(@"System\.|Nullable|`\d|\bInt(32|64)\b|\bStream[A-Z]|\w+ \{ \w+ = ")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(--[a-z-]+) <([a-z][a-z-]*)>")]
    private static partial Regex Unnamed();
}
