using System.CommandLine;
using System.CommandLine.Parsing;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands;

/// <summary>Options that several verbs share, each with one meaning everywhere.</summary>
internal static class Options
{
    /// <summary>The first museum's file prefix. If a database is at hand, its museums decide instead.</summary>
    public const string DefaultMuseum = "lmnh";

    public static Option<bool> Json { get; } =
        new("--json") { Description = "Print one JSON object on stdout; nothing else goes there" };

    public static Option<string> EnvFile { get; } =
        new("--env-file")
        {
            Description = "Read settings from FILE instead of .env in the working directory",
            HelpName = "FILE",
        };

    /// <summary>A file other than MUSEUM_DATABASE, which also selects the embedded database.</summary>
    public static Option<string> Database { get; } =
        new("--database")
        {
            Description = "Use this embedded database, whatever else is configured: by default museum.db",
            HelpName = "FILE",
        };

    public static Option<string> Target { get; } =
        Named(
            new("--target")
            {
                Description = "Which database: by default the one that is configured",
                HelpName = "embedded|local|aws",
            },
            DatabaseSettings.Targets
        );

    public static Option<string> Bucket { get; } =
        new("--bucket", "-b")
        {
            Description = "An S3 bucket, s3://NAME/PREFIX, a directory or one CSV file; by default MUSEUM_BUCKET",
            HelpName = "NAME|DIR|FILE",
        };

    public static Argument<string?> BucketArgument { get; } =
        new("bucket")
        {
            Description = "The same as --bucket",
            HelpName = "NAME|DIR|FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };

    public static Option<bool> OpeningHours { get; } =
        new("--opening-hours") { Description = "Refuse presses from outside the opening hours in history too" };

    public static Option<bool> DryRun { get; } =
        new("--dry-run") { Description = "Read, judge and report; write nothing" };

    public static Option<bool> Again { get; } =
        new("--again")
        {
            Description = "Also load what is already there under another name, or was removed (museum sources)",
        };

    public static Option<bool> RenameExhibitions { get; } =
        new("--rename-exhibitions")
        {
            Description = "Let this place's exhibition files change exhibitions that another place has described",
        };

    public static Option<bool> Recursive { get; } =
        new("--recursive") { Description = "Also read the folders below the bucket or directory" };

    /// <summary>The original's <c>-l</c>: true and file mean the file, false and console the console.</summary>
    public static Option<string> Log { get; } =
        Named(
            new("--log", "-l")
            {
                Description = "Log to logs/museum.log (true, file) instead of the console (false, console)",
                Arity = ArgumentArity.ZeroOrOne,
                HelpName = "true|false|console|file",
            },
            ["true", "false", "console", "file"]
        );

    /// <summary>The value of <c>--log</c> in MUSEUM_LOG's words; null if it was not given.</summary>
    public static string? LogDestination(ParseResult parsed)
    {
        if (parsed.GetResult(Log) is null)
            return null;
        return parsed.GetValue(Log)?.ToLowerInvariant() is null or "true" or "file" ? "file" : "console";
    }

    /// <summary>Options that every verb has.</summary>
    public static Command WithCommon(this Command command, params ReadOnlySpan<Option> more)
    {
        foreach (var option in more)
            command.Options.Add(option);
        command.Options.Add(Json);
        command.Options.Add(Log);
        command.Options.Add(EnvFile);
        command.Options.Add(Database);
        return command;
    }

    /// <summary>How many of something are shown.</summary>
    public static Option<int> Most(string what, int usual) =>
        NumberOption.Usually(new("--most") { Description = $"Show at most N {what}" }, usual, least: 1);

    /// <summary>An option with a few words as values, in any letter case.</summary>
    public static Option<string> Named(Option<string> option, IReadOnlyList<string> allowed)
    {
        option.Validators.Add(result => Expect(result, option.Name, allowed));
        option.CompletionSources.Add(_ => allowed);
        return option;
    }

    /// <summary>The same of an option that may be repeated.</summary>
    public static Option<string[]> NamedMany(Option<string[]> option, IReadOnlyList<string> allowed)
    {
        option.Validators.Add(result => Expect(result, option.Name, allowed));
        option.CompletionSources.Add(_ => allowed);
        return option;
    }

    /// <summary>The same for an argument.</summary>
    public static Argument<string> NamedArgument(Argument<string> argument, IReadOnlyList<string> allowed)
    {
        argument.Validators.Add(result => Expect(result, argument.Name, allowed));
        argument.CompletionSources.Add(_ => allowed);
        return argument;
    }

    private static void Expect(SymbolResult result, string name, IReadOnlyList<string> allowed)
    {
        foreach (var token in result.Tokens)
        {
            if (!allowed.Contains(token.Value, StringComparer.OrdinalIgnoreCase))
                result.AddError($"{name}: found '{token.Value}', expected {string.Join(", ", allowed)}");
        }
    }
}
