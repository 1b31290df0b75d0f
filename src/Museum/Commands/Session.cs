using System.CommandLine;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Commands.Db;
using MuseumPipeline.Commands.Serve;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Commands;

/// <summary>What one run of a verb works with.</summary>
public sealed class Session : IDisposable
{
    private readonly Lazy<ILoggerFactory> _logs;

    private Session(ParseResult parsed, MuseumSettings settings, Needs needs)
    {
        Writes = needs.HasFlag(Needs.Writes);
        Parsed = parsed;
        Settings = settings;
        _logs = new(() => Telemetry.CreateLogging(settings.Log, settings.Redactor));
    }

    public ParseResult Parsed { get; }

    public MuseumSettings Settings { get; }

    /// <summary>The command changes the database; every other one only asks it.</summary>
    public bool Writes { get; }

    /// <summary>One JSON object on stdout and nothing else there; no progress.</summary>
    public bool Json => Parsed.GetValue(Options.Json);

    public TimeProvider Clock { get; } = TimeProvider.System;

    /// <summary>What a command that looks at a directory again and again knows of its files; null for all others.</summary>
    internal FileHashes? Hashes { get; set; }

    public ILoggerFactory Logs => _logs.Value;

    public ILogger Log => _logs.Value.CreateLogger("museum");

    /// <summary>
    /// Gives a command its action: read the settings, do the work, and turn what goes wrong into one message and an
    /// exit code.
    /// </summary>
    public static void Act(Command command, Needs needs, Func<Session, CancellationToken, Task<ExitCode>> work) =>
        Act(command, _ => needs, work);

    /// <summary>The same for a command whose options decide which settings it requires.</summary>
    public static void Act(
        Command command,
        Func<ParseResult, Needs> needs,
        Func<Session, CancellationToken, Task<ExitCode>> work
    ) =>
        command.SetAction(
            async (parsed, cancel) =>
            {
                Session? session = null;
                try
                {
                    var wanted = needs(parsed);
                    session = Open(parsed, wanted);
                    session.Introduce();
                    session.Note(
                        LogEvents.Started,
                        Failure.Name(parsed.CommandResult),
                        session.Settings.Database.Target
                    );
                    var code = await work(session, cancel);
                    session.Note(LogEvents.Finished, Failure.Name(parsed.CommandResult), (int)code);
                    return (int)code;
                }
                catch (Exception e)
                {
                    return Failure.Report(e, parsed, session);
                }
                finally
                {
                    session?.Dispose();
                }
            }
        );

    /// <exception cref="MuseumException">The configuration has faults.</exception>
    public static Session Open(ParseResult parsed, Needs needs)
    {
        var layers = Layers(parsed);
        foreach (var warning in UnknownKeys.In(layers))
            Console.Error.WriteLine($"warning: {SafeText.Of(warning)}");
        var settings = SettingsReader.Read(layers, needs);
        foreach (var warning in settings.Warnings)
            Console.Error.WriteLine($"warning: {SafeText.Of(warning)}");
        return new(parsed, settings, needs);
    }

    /// <summary>Whoever is about to write says where to, and whose settings say so.</summary>
    private void Introduce()
    {
        if (!Writes)
            return;
        var origins = Settings.Origins.Values.Distinct().Order(StringComparer.Ordinal);
        var from = Settings.Origins.Count == 0 ? "defaults alone" : string.Join(", ", origins);
        Say($"writes to {Settings.Database.Target} {Settings.Database.Describe} (settings: {from})");
    }

    /// <summary>A line for the person who started it: on stderr, or in the JSON log if that is on stderr.</summary>
    public void Say(string text)
    {
        if (LogIsConsoleJson)
            Log.LogInformation("{Text}", text);
        else
            Console.Error.WriteLine(SafeText.Of(text));
    }

    private bool LogIsConsoleJson => Settings.Log is { Format: LogFormat.Json, Destination: LogDestination.Console };

    /// <summary>Whether the command was given this option, which only some commands have.</summary>
    public bool Has(Option<bool> option) => Parsed.GetResult(option) is not null && Parsed.GetValue(option);

    /// <summary>Another command for the same database, as a person types it.</summary>
    public string Command(string verb)
    {
        var command = $"museum {verb}";
        foreach (var option in (Option<string>[])[Options.Database, Options.Target, Options.EnvFile])
        {
            if (Parsed.GetResult(option) is { Implicit: false } && Parsed.GetValue(option) is { } value)
                command += $" {option.Name} {(value.Contains(' ') ? $"'{value}'" : value)}";
        }

        return command;
    }

    /// <summary>Flags, environment and <c>.env</c> of this process.</summary>
    public static SettingLayers Layers(ParseResult parsed)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("MUSEUM_BUCKET", Given(Options.Bucket) ?? GivenArgument(Options.BucketArgument));
        Add("MUSEUM_DATABASE", Given(Options.Database));
        Add(
            "MUSEUM_TARGET",
            Given(CopyCommand.To) ?? Given(Options.Target) ?? (Given(Options.Database) is null ? null : "embedded")
        );
        Add("MUSEUM_LISTEN", Given(ServeCommand.Listen));
        Add("MUSEUM_LOG", Options.LogDestination(parsed));
        Add(
            "MUSEUM_OPENING_HOURS",
            parsed.GetResult(Options.OpeningHours) is not { Implicit: false } ? null
                : parsed.GetValue(Options.OpeningHours) ? "true"
                : "false"
        );
        return SettingLayers.OfProcess(flags, Given(Options.EnvFile));

        void Add(string key, string? value)
        {
            if (value is not null)
                flags[key] = value;
        }

        string? Given(Option<string> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

        string? GivenArgument(Argument<string?> argument) =>
            parsed.GetResult(argument) is null ? null : parsed.GetValue(argument);
    }

    /// <summary>Logs at level information. A log that leaves this out is not even set up, so that short commands stay
    /// fast.</summary>
    public void Note(string template, params object?[] values)
    {
#pragma warning disable CA2254 // Every template is a constant of LogEvents.
        if (Settings.Log.Level <= LogLevel.Information)
            Log.LogInformation(template, values);
#pragma warning restore CA2254
    }

    /// <summary>Logs a failure with all its details, if the log is a file; on the console the message is shown anyway.
    /// True if this has already written to stderr.</summary>
    public bool NoteFailure(Exception error, string command, int exitCode, string problem)
    {
        if (LogIsConsoleJson)
        {
            var stopped = exitCode is (int)ExitCode.Interrupted or (int)ExitCode.Terminated;
            Log.Log(
                stopped ? LogLevel.Information : LogLevel.Error,
                stopped ? null : error,
                LogEvents.FailedBy,
                command,
                exitCode,
                problem
            );
            return true;
        }

        if (Settings.Log.Destination != LogDestination.File)
            return false;
        try
        {
            Log.LogError(error, LogEvents.Failed, command, exitCode);
        }
        catch (MuseumException)
        {
            // The log itself failed.
        }

        return false;
    }

    public void Dispose()
    {
        if (_logs.IsValueCreated)
            CloseLog();
    }

    /// <summary>A log that cannot be written costs neither rows nor success: the work is done by now.</summary>
    private void CloseLog()
    {
        try
        {
            _logs.Value.Dispose();
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(SafeText.Of($"warning: the log is not complete: {e.Message}"));
        }
    }
}
