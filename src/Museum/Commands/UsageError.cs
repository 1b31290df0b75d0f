using System.CommandLine;
using System.CommandLine.Parsing;
using MuseumPipeline.Commands.Help;
using MuseumPipeline.Model;

namespace MuseumPipeline.Commands;

/// <summary>An invalid command line: one short line, and where to read more.</summary>
internal static class UsageError
{
    /// <summary>True if the command line cannot be executed.</summary>
    public static bool In(ParseResult parsed) =>
        parsed.Action is not HelpWithExamples && (parsed.Errors.Count > 0 || UnknownOption(parsed) is not null);

    public static int Tell(ParseResult parsed)
    {
        var json =
            parsed.Tokens.Any(t => t.Value == Options.Json.Name) || parsed.UnmatchedTokens.Contains(Options.Json.Name);
        var name = Failure.Name(parsed.CommandResult);
        return Failure.Tell(ExitCode.Usage, Explain(parsed, name == "museum" ? name : $"museum {name}"), name, json);
    }

    private static string Explain(ParseResult parsed, string command)
    {
        var see = $"See '{command} --help'.";
        if ((UnknownOption(parsed) ?? (parsed.UnmatchedTokens is [var unmatched, ..] ? unmatched : null)) is { } word)
        {
            var nearest = NearWord.Of(word.Split('=')[0], Known(parsed.CommandResult.Command, option: word[0] == '-'));
            return $"'{word}' is not understood by '{command}'. "
                + $"{(nearest is null ? "" : $"Did you mean '{nearest}'? ")}{see}";
        }
        if (parsed.CommandResult.Command is { Action: null, Subcommands: { Count: > 0 } verbs })
            return $"'{command}' needs one of: "
                + $"{string.Join(", ", verbs.Where(v => !v.Hidden).Select(v => v.Name))}. {see}";
        var message = parsed.Errors[0].Message.TrimEnd('.');
        return $"{message}{(message.EndsWith('?') ? "" : ".")} {see}";
    }

    // A misspelt option must not be taken for the name of a bucket or file: a name that starts with a dash comes after
    // "--".
    private static string? UnknownOption(ParseResult parsed) =>
        parsed
            .Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash)
            .FirstOrDefault(t => t.Type == TokenType.Argument && t.Value.Length > 1 && t.Value[0] == '-')
            ?.Value;

    private static IEnumerable<string> Known(Command command, bool option) =>
        option ? command.Options.SelectMany(o => o.Aliases.Append(o.Name)) : command.Subcommands.Select(c => c.Name);
}
