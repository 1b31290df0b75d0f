using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands;

/// <summary>Reports a run that did not succeed: one message on stderr, one exit code, never a stack trace, never a
/// secret.</summary>
internal static class Failure
{
    private const string Stopped = "stopped";

    /// <summary>Prints what went wrong and returns the exit code.</summary>
    /// <param name="session">Null if there is none yet.</param>
    public static int Report(Exception error, ParseResult parsed, Session? session)
    {
        var redactor = session?.Settings.Redactor ?? Redactor.None;
        var (code, problem) = Explain(error, redactor);
        var command = Name(parsed.CommandResult);
        var told = session?.NoteFailure(error, command, code, problem.Text) ?? false;
        Tell(code, problem, redactor, (command, parsed.GetValue(Options.Json), told));
        return code;
    }

    /// <summary>The same for a command line that could not be understood.</summary>
    public static int Tell(ExitCode code, string message, string command, bool json)
    {
        Tell((int)code, new Explanation(message, []), Redactor.None, (command, json, false));
        return (int)code;
    }

    /// <summary><c>quarantine list</c> for the command of <c>museum quarantine list …</c>.</summary>
    public static string Name(System.CommandLine.Parsing.CommandResult command)
    {
        var name = command.Parent is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } parent
            ? Name(parent) + " "
            : "";
        return command.Command is RootCommand ? "museum" : name + command.Command.Name;
    }

    private static (int Code, Explanation Problem) Explain(Exception error, Redactor redactor)
    {
        if (Signals.Received is { } signal)
            return (
                (int)signal,
                new(
                    "the open transaction was rolled back, what was committed before stays. The same command goes on "
                        + "from there.",
                    []
                )
            );
        return error switch
        {
            MuseumException e => ((int)e.ExitCode, e.Explanation),
            TransientException or RowRefusedException => ((int)ExitCode.Service, new(error.Message, [])),
            OperationCanceledException => ((int)ExitCode.Service, new("a service took too long to answer", [])),
            _ when OfTheSystem(error) is { } found => found,
            _ => (
                1,
                new(
                    $"unexpected {error.GetType().Name}: "
                        + $"{FirstLine(error.Message).TrimEnd('.')}{KeepDetails(error, redactor)}",
                    []
                )
            ),
        };
    }

    /// <summary>What this machine lacks or refuses: no fault of the program, wherever it comes to light.</summary>
    private static (int Code, Explanation Problem)? OfTheSystem(Exception error)
    {
        if (Causes.Within<DllNotFoundException>(error) is { } library)
            return (
                (int)ExitCode.Configuration,
                new(
                    $"a library is missing: {FirstLine(library.Message).TrimEnd('.')}",
                    [],
                    "install the package that holds it (for TLS: apt-get install libssl3)"
                )
            );
        return error is IOException or UnauthorizedAccessException
            ? (
                (int)ExitCode.Service,
                new(FirstLine(error.Message).TrimEnd('.'), [], "check the path, the rights and the room there")
            )
            : null;
    }

    private static void Tell(
        int code,
        Explanation problem,
        Redactor redactor,
        (string Command, bool Json, bool Told) how
    )
    {
        var message = redactor.Redact(problem.Text);
        if (how.Json)
        {
            var error = new JsonError(
                code,
                message,
                redactor.Redact(problem.Found),
                problem.Expected,
                problem.Fix is { } fix ? redactor.Redact(fix) : null,
                problem.Settings
            );
            JsonOutput.Print(new JsonFailure(how.Command, error), JsonShapes.Default.JsonFailure);
        }
        if (how.Told)
            return;
        var safe = SafeText.Lines(message);
        var word = code is (int)ExitCode.Interrupted or (int)ExitCode.Terminated ? Stopped : "error";
        if (Console.IsErrorRedirected)
            Console.Error.WriteLine($"{word}: {safe}");
        else
            Terminal.Error.MarkupLine($"[{(word == Stopped ? "yellow" : "red")}]{word}:[/] {Markup.Escape(safe)}");
    }

    private static string FirstLine(string text) => SafeText.Cut(text.Split('\n')[0].TrimEnd(), 300);

    // The console shows one line; whoever investigates needs the rest.
    private static string KeepDetails(Exception error, Redactor redactor)
    {
        var path = Path.GetFullPath(Path.Combine("logs", "museum.log"));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var time = TimeProvider
                .System.GetUtcNow()
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            File.AppendAllText(path, $"{time} ERROR {SafeText.Lines(redactor.Redact(error.ToString()))}\n");
            return $". Details: {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
