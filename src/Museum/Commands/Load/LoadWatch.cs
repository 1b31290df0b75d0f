using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Load;

/// <summary><c>museum load --watch</c>: checks repeatedly, and loads when the listing has changed; with a queue, when
/// S3 reports an object. A failure is reported and retried at the next check.</summary>
internal sealed class LoadWatch(Session session, ObjectQueue? queue) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    /// <summary>Events may get lost.</summary>
    private static readonly TimeSpan IntervalWithQueue = TimeSpan.FromMinutes(15);

    public static Option<bool> Watch { get; } =
        new("--watch") { Description = "Keep running: check for new objects every minute, until it is stopped" };

    public static Option<Uri?> Queue { get; } =
        new("--queue")
        {
            Description = "With --watch: an SQS queue of S3's events; check when one arrives, and every 15 minutes",
            HelpName = "URL",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (
                    Uri.TryCreate(text, UriKind.Absolute, out var found)
                    && (found.Scheme == "https" || (found.Scheme == "http" && found.IsLoopback))
                )
                    return found;
                result.AddError(
                    $"--queue: found '{text}', expected the URL of a queue such as "
                        + "https://sqs.eu-west-2.amazonaws.com/123456789012/new-objects"
                );
                return null;
            },
        };

    /// <summary>Options that cannot be combined.</summary>
    public static void Check(CommandResult result)
    {
        var watch = result.GetValue(Watch);
        if (result.GetResult(Queue) is not null && !watch)
            result.AddError("--queue needs --watch");
        if (watch && (result.GetValue(Options.DryRun) || result.GetValue(Options.Json)))
            result.AddError("--watch never ends: --dry-run and --json are for a load that ends");
    }

    private string? seen;

    public static LoadWatch Open(Session session) =>
        new(session, session.Parsed.GetValue(Queue) is { } queue ? new(queue, Connections.S3(session.Settings)) : null);

    /// <summary>Runs until it is stopped.</summary>
    /// <exception cref="MuseumException">A person is needed before another check can help.</exception>
    public async Task<ExitCode> RunAsync(CancellationToken cancel)
    {
        IReadOnlyList<ObjectEvent> events = [];
        session.Hashes = new(session.Clock);
        while (!cancel.IsCancellationRequested)
        {
            var failed = await LookAsync(cancel);
            // Nothing is removed from the queue before it is loaded.
            if (queue is not null && failed is not null)
                await PatientlyAsync(() => queue.DoneAsync(events.Where(of => !of.Keys.Any(failed.Contains)), cancel));
            events = await WaitAsync(failed is null ? Interval : null, cancel);
        }

        return Signals.Received ?? ExitCode.Interrupted;
    }

    /// <summary>The keys that could not be loaded; null if nothing could be.</summary>
    private async Task<IReadOnlySet<string>?> LookAsync(CancellationToken cancel)
    {
        try
        {
            var report = await LoadCommand.MeasuredAsync(session, () => LoadIfNewAsync(cancel));
            return report?.Aside.Where(aside => aside.State == "damaged").Select(aside => aside.Name).ToHashSet() ?? [];
        }
        catch (Exception e) when (Passes(e))
        {
            session.Log.LogError("load: {Problem}; looking again", session.Settings.Redactor.Redact(e.Message));
            return null;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Null if nothing is new: a run without any change is not recorded every minute.</summary>
    private async Task<RunReport?> LoadIfNewAsync(CancellationToken cancel)
    {
        var now = await ListingAsync(cancel);
        if (now == seen)
            return null;
        var report = now.Length == 0 ? null : await LoadCommand.LoadAsync(session, cancel);
        seen = now;
        return report;
    }

    /// <summary>Everything that decides what would be loaded: the objects and their museums; empty if nothing is there
    /// yet.</summary>
    private async Task<string> ListingAsync(CancellationToken cancel)
    {
        await using var store = Connections.OpenStore(session);
        await store.Maintenance.MigrateAsync(cancel);
        await using var bucket = Connections.OpenBucket(session);
        var text = new StringBuilder();
        foreach (var museum in await store.Museums.ListAsync(cancel))
            text.AppendLine(CultureInfo.InvariantCulture, $"{museum}");
        var objects = await bucket.ListAsync(cancel);
        if (objects.Count == 0)
            return "";
        foreach (var entry in objects)
            text.AppendLine(CultureInfo.InvariantCulture, $"{entry.Key}\n{entry.Version}\n{entry.Size}");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Faults that another check may find fixed; wrong settings are not among them.</summary>
    private static bool Passes(Exception e) =>
        e
            is TransientException
                or RowRefusedException
                or MuseumException { ExitCode: ExitCode.Service or ExitCode.DataRefused };

    private async Task<IReadOnlyList<ObjectEvent>> WaitAsync(TimeSpan? soon, CancellationToken cancel)
    {
        var until = session.Clock.GetUtcNow() + (soon ?? (queue is null ? Interval : IntervalWithQueue));
        IReadOnlyList<ObjectEvent> events = [];
        try
        {
            while (events.Count == 0 && until - session.Clock.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                // After a failure the queue is not asked: an event would come back at once, five times a minute.
                if (queue is null || soon is not null)
                    await Task.Delay(left, session.Clock, cancel);
                else if (!await PatientlyAsync(async () => events = await queue.ReceiveAsync(left, cancel)))
                    await Task.Delay(left < Interval ? left : Interval, session.Clock, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // It was asked to stop.
        }

        return events;
    }

    /// <summary>An unavailable queue is reported, and checks continue without it.</summary>
    private async Task<bool> PatientlyAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (TransientException e)
        {
            session.Log.LogWarning("load: {Problem}; checking without it", e.Message);
            return false;
        }
    }

    public void Dispose() => queue?.Dispose();
}
