using System.Globalization;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands;

/// <summary>One number of the JSON log, and its subject.</summary>
internal sealed record Measurement(string Event, long Value)
{
    public string? Museum { get; init; }

    public string? Source { get; init; }

    public int? Partition { get; init; }

    public int? Run { get; init; }
}

/// <summary>Every event that is measured. The alarms of deploy/terraform depend on these names.</summary>
internal static class MeasuredEvents
{
    public const string Read = "consumer.read";
    public const string Refused = "consumer.refused";
    public const string Lag = "consumer.lag";
    public const string Stopped = "consumer.stopped";
    public const string Silence = "dashboard.silence";
    public const string Emergency = "dashboard.emergency";
    public const string LoadFailed = "load.failed";

    public static IReadOnlyList<string> All { get; } = [Read, Refused, Lag, Stopped, Silence, Emergency, LoadFailed];
}

/// <summary>Numbers in the JSON log, for programs that turn log lines into metrics (CloudWatch, Loki). Zeros are
/// written too, so that "no number" differs from "all is well". None if the log is text.</summary>
internal static class Measurements
{
    /// <summary>The log's category: written at any level, because silence would be read as trouble.</summary>
    public const string Category = "measurement";

    /// <summary>Twice in the minute that alarms look at.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public static void Tell(Session session, params IEnumerable<Measurement> measurements)
    {
        if (session.Settings.Log.Format == LogFormat.Json)
            Tell(session.Logs.CreateLogger(Category), measurements);
    }

    internal static void Tell(ILogger log, IEnumerable<Measurement> measurements)
    {
        foreach (var of in measurements)
            log.Log(LogLevel.Information, default, Fields(of), null, (_, _) => Text(of));
    }

    /// <summary>Writes them at once, then every half minute, and once more when disposed.</summary>
    public static IAsyncDisposable Repeat(
        Session session,
        Func<CancellationToken, Task<IReadOnlyList<Measurement>>> take
    ) =>
        session.Settings.Log.Format == LogFormat.Json
            ? new Repeated(session.Logs.CreateLogger(Category), session.Clock, take)
            : Nothing.Instance;

    private static List<KeyValuePair<string, object?>> Fields(Measurement of)
    {
        List<KeyValuePair<string, object?>> fields = [new(LogFields.Event, of.Event), new(LogFields.Value, of.Value)];
        Add(LogFields.Museum, of.Museum);
        Add(LogFields.Source, of.Source);
        Add(LogFields.Partition, of.Partition);
        Add(LogFields.Run, of.Run);
        return fields;

        void Add(string name, object? value)
        {
            if (value is not null)
                fields.Add(new(name, value));
        }
    }

    private static string Text(Measurement of)
    {
        var partition = of.Partition is { } number ? string.Create(CultureInfo.InvariantCulture, $":{number}") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(' ', ((string?[])[of.Event, of.Museum, of.Source]).OfType<string>())}{partition}: {of.Value}"
        );
    }

    internal sealed class Repeated : IAsyncDisposable
    {
        private readonly ILogger log;
        private readonly TimeProvider clock;
        private readonly Func<CancellationToken, Task<IReadOnlyList<Measurement>>> take;
        private readonly CancellationTokenSource ended = new();
        private readonly Task work;

        public Repeated(ILogger log, TimeProvider clock, Func<CancellationToken, Task<IReadOnlyList<Measurement>>> take)
        {
            (this.log, this.clock, this.take) = (log, clock, take);
            work = Task.Run(RunAsync);
        }

        private async Task RunAsync()
        {
            using var timer = new PeriodicTimer(Interval, clock);
            try
            {
                do await OnceAsync(ended.Token);
                while (await timer.WaitForNextTickAsync(ended.Token));
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // What was counted since is written below.
            }
        }

        /// <summary>An unknown number is not written; the missing line says so.</summary>
        private async Task OnceAsync(CancellationToken cancel)
        {
            try
            {
                Tell(log, await take(cancel));
            }
            catch (Exception e) when (e is TransientException or MuseumException or TimeoutException)
            {
                log.LogWarning("no measurements: {Problem}", e.Message);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await ended.CancelAsync();
            await work;
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                await OnceAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                // The program ends without them.
            }

            ended.Dispose();
        }
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public static Nothing Instance { get; } = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
