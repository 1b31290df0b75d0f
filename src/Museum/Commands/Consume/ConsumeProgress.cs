using System.Globalization;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Consume;

/// <summary>Prints a line at intervals while a consumer runs: what was read, what was refused and why, how far behind.
/// On stderr; none with <c>--json</c> or a JSON log, which has measurements.</summary>
internal static class ConsumeProgress
{
    public static async Task<RunReport> WatchAsync(
        Session session,
        StreamRun run,
        TimeSpan interval,
        Func<Task<RunReport>> consume
    )
    {
        var work = Task.Run(consume);
        if (session.Json || session.Settings.Log.Format == LogFormat.Json)
            return await work;
        var before = new Dictionary<string, StreamState>(StringComparer.Ordinal);
        var since = session.Clock.GetTimestamp();
        while (await Task.WhenAny(work, Task.Delay(interval, session.Clock)) != work)
        {
            var seconds = session.Clock.GetElapsedTime(since).TotalSeconds;
            since = session.Clock.GetTimestamp();
            foreach (var health in run.Health)
            {
                var state = health.State();
                await Console.Error.WriteLineAsync(
                    SafeText.Of(
                        $"{session.Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} "
                            + $"{Line(before.GetValueOrDefault(state.Topic), state, seconds)}"
                    )
                );
                before[state.Topic] = state;
            }
        }

        return await work;
    }

    /// <summary><c>lmnh: consuming, 4 partitions, lag 0: 1,000 in 10 s (100/s): 805 ratings, 23 help, 172 refused
    /// (invalid_val 40, …), 41 possible help</c>.</summary>
    internal static string Line(StreamState? before, StreamState now, double seconds)
    {
        var c = now.Counts - (before?.Counts ?? default);
        var culture = CultureInfo.InvariantCulture;
        var lag = now.Lag is { } behind ? string.Create(culture, $"lag {behind:N0}") : "lag not known yet";
        var head = string.Create(culture, $"{now.Topic}: {now.State}, {now.Partitions} partitions, {lag}");
        if (!now.Healthy)
            head += $" ({now.Problem})";
        if (c.Read == 0)
            return head + ": nothing new";
        var rate = string.Create(culture, $"{c.Read:N0} in {seconds:0} s ({c.Read / Math.Max(seconds, 0.001):N0}/s)");
        var refused =
            c.Quarantined == 0 ? "" : string.Create(culture, $", {c.Quarantined:N0} refused ({Reasons(before, now)})");
        var help = c.PossibleHelp == 0 ? "" : string.Create(culture, $", {c.PossibleHelp:N0} possible help");
        return string.Create(culture, $"{head}: {rate}: {c.Ratings:N0} ratings, {c.Support:N0} help{refused}{help}");
    }

    private static string Reasons(StreamState? before, StreamState now) =>
        string.Join(
            ", ",
            now.Reasons.Select(pair =>
                    (pair.Key, Count: pair.Value - (before?.Reasons.GetValueOrDefault(pair.Key) ?? 0))
                )
                .Where(pair => pair.Count > 0)
                .OrderByDescending(pair => pair.Count)
                .Take(4)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Count:N0}"))
        );
}
