using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace MuseumPipeline.Commands;

/// <summary>Where the log goes. Every line is one event with the time in UTC; no line holds a secret or a control
/// character.</summary>
internal static class Telemetry
{
    private const long FileBytes = 10 * 1024 * 1024;
    private const int FilesKept = 5;

    /// <summary>Console: stderr, so that stdout holds results only. File: rolls at 10 MiB, five are kept.</summary>
    public static ILoggerFactory CreateLogging(LogSettings settings, Redactor redactor)
    {
        if (settings.Destination == LogDestination.File)
            RequireWritable(settings);
        ITextFormatter line = settings.Format == LogFormat.Json ? new JsonLogLine(redactor) : new LogLine(redactor);
        // A host that cannot start throws, and its caller reports why in one line; a background service that fails is
        // also logged as fatal.
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(Level(settings.Level))
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
            // It logs whole addresses, and a login's have one-time codes in them.
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override(Measurements.Category, LogEventLevel.Information);
        _ =
            settings.Destination == LogDestination.File
                ? configuration.WriteTo.File(
                    line,
                    settings.Path,
                    fileSizeLimitBytes: FileBytes,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: FilesKept,
                    shared: true
                )
                : configuration.WriteTo.Sink(new ErrorConsole(line, settings.Format));
        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    // Serilog would silently continue. Once the log is open, a failing log must not stop the work.
    private static void RequireWritable(LogSettings settings)
    {
        var path = settings.Path;
        try
        {
            OwnFile.RefusePlanted(Path.GetDirectoryName(path)!);
            MakeDirectory(Path.GetDirectoryName(path)!, settings.FileMode);
            // What a link names may be anybody's file.
            if (new FileInfo(path).LinkTarget is { } target)
                throw new IOException($"{path} is a link to {target}, and is not followed.");
            OwnFile.RefusePlanted(path);
            OwnFile.Keep(path, settings.FileMode);
            foreach (var rolled in Directory.GetFiles(Path.GetDirectoryName(path)!, RolledFiles(path)))
                OwnFile.Narrow(rolled, settings.FileMode);
            File.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(
                ExitCode.Configuration,
                $"the log cannot be written: {e.Message} Check MUSEUM_LOG_FILE, or log to the console",
                e
            );
        }
    }

    private static string RolledFiles(string path) =>
        $"{Path.GetFileNameWithoutExtension(path)}_*{Path.GetExtension(path)}";

    // The files that the log rolls to are made by the library, which knows no modes: their directory keeps them.
    private static void MakeDirectory(string directory, UnixFileMode files)
    {
        const UnixFileMode All = OwnFile.Usual | UnixFileMode.UserExecute;
        const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else if (!Directory.Exists(directory))
            Directory.CreateDirectory(directory, files == OwnFile.Usual ? All : All | Group);
    }

    private static LogEventLevel Level(LogLevel level) =>
        level switch
        {
            LogLevel.Trace or LogLevel.Debug => LogEventLevel.Debug,
            LogLevel.Information => LogEventLevel.Information,
            LogLevel.Warning => LogEventLevel.Warning,
            _ => LogEventLevel.Error,
        };

    // Through the same console as the progress bars, which then make room for the line.
    private sealed class ErrorConsole(ITextFormatter formatter, LogFormat format) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            using var text = new StringWriter();
            formatter.Format(logEvent, text);
            if (Terminal.Watched && format == LogFormat.Text)
                Terminal.Error.Write(new Spectre.Console.Text(text.ToString()));
            else
                Console.Error.Write(text.ToString());
        }
    }
}

/// <summary>What the command line itself logs, at level information. The other folders log their own trouble: retries,
/// changed objects.</summary>
internal static class LogEvents
{
    /// <summary>A verb begins.</summary>
    public const string Started = "{Command}: started, the database is '{Target}'";

    /// <summary>A verb is done.</summary>
    public const string Finished = "{Command}: finished with exit code {ExitCode}";

    /// <summary>The result of a load; the same numbers as in its summary.</summary>
    public const string Loaded =
        "load: {Read} read = {Ratings} ratings + {Support} support + {Quarantined} quarantined + {Already} "
        + "already + {Skipped} skipped from {Location} in {Seconds} s";

    /// <summary>A verb failed; the exception follows. Only in a file: on the console the message is shown
    /// anyway.</summary>
    public const string Failed = "{Command}: failed with exit code {ExitCode}";

    /// <summary>The same in a JSON log on the console, which is the only report of it.</summary>
    public const string FailedBy = "{Command}: failed with exit code {ExitCode}: {Problem}";
}

/// <summary><c>2025-11-24T05:36:12.345Z WARN text</c>, exceptions on indented lines below.</summary>
internal sealed class LogLine(Redactor redactor) : ITextFormatter
{
    // "l": texts without quotation marks around them.
    private static readonly MessageTemplateTextFormatter Message = new(
        "{Message:l}",
        System.Globalization.CultureInfo.InvariantCulture
    );

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var (level, text) = (Level(logEvent.Level), redactor.Redact(Text(logEvent)));
        output.Write($"{logEvent.Timestamp.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {level, -5} {SafeText.Of(text)}\n");
        if (logEvent.Exception is { } exception)
            output.Write(
                "  "
                    + SafeText
                        .Lines(redactor.Redact(exception.ToString()))
                        .Replace("\n", "\n  ", StringComparison.Ordinal)
                    + "\n"
            );
    }

    internal static string Level(LogEventLevel level) =>
        level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => "DEBUG",
            LogEventLevel.Information => "INFO",
            LogEventLevel.Warning => "WARN",
            _ => "ERROR",
        };

    internal static string Text(LogEvent logEvent)
    {
        using var message = new StringWriter();
        Message.Format(logEvent, message);
        return message.ToString();
    }
}
