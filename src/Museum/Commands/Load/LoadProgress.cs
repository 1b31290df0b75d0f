using System.Globalization;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using Spectre.Console;

namespace MuseumPipeline.Commands.Load;

/// <summary>Shows the progress of a load: a bar on a terminal, a line at intervals elsewhere, nothing with
/// <c>--json</c>.</summary>
public sealed class LoadProgress(TimeProvider clock) : IProgress<LoadStatus>
{
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly long _started = clock.GetTimestamp();
    private LoadStatus _last;

    public void Report(LoadStatus value)
    {
        lock (_lock)
            _last = value;
    }

    private LoadStatus Last
    {
        get
        {
            lock (_lock)
                return _last;
        }
    }

    public static async Task<RunReport> WatchAsync(Session session, Func<IProgress<LoadStatus>?, Task<RunReport>> load)
    {
        if (session.Json)
            return await load(null);
        var progress = new LoadProgress(session.Clock);
        var work = Task.Run(() => load(progress));
        await (Terminal.Watched ? progress.DrawAsync(work) : progress.WriteLinesAsync(work));
        return await work;
    }

    private Task DrawAsync(Task work)
    {
        var bars = Terminal
            .Error.Progress()
            .AutoClear(true)
            .Columns(
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            );
        return bars.StartAsync(async context =>
        {
            var bar = context.AddTask("looking at the bucket");
            while (!work.IsCompleted)
            {
                await Task.WhenAny(work, Task.Delay(BetweenFrames, clock));
                var status = Last;
                if (status.Objects == 0)
                    continue;
                bar.MaxValue = Math.Max(status.Bytes, 1);
                bar.Value = status.BytesDone;
                bar.Description = Markup.Escape(Describe(status, clock.GetElapsedTime(_started)));
            }
        });
    }

    private async Task WriteLinesAsync(Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(BetweenLines, clock)) != work)
            await Console.Error.WriteLineAsync(Describe(Last, clock.GetElapsedTime(_started)));
    }

    /// <summary><c>12 of 2,500 objects, 1,234,567 rows, 812,000 rows/s, 12 s left</c>.</summary>
    internal static string Describe(LoadStatus status, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{status.ObjectsDone:N0} of {status.Objects:N0} objects, {status.Rows:N0} rows, "
                + $"{status.Rows / seconds:N0} rows/s"
        );
        return status.BytesDone > 0 && status.Bytes > status.BytesDone
            ? $"{text}, {Left(seconds * (status.Bytes - status.BytesDone) / status.BytesDone)} left"
            : text;
    }

    private static string Left(double seconds) =>
        seconds switch
        {
            < 100 => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(seconds):0} s"),
            < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
        };
}
