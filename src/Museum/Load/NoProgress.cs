using System.Globalization;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>Ends a run to the end of a topic that makes no progress, so that it does not wait for ever.</summary>
internal static class NoProgress
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>Works, and gives up when no message was committed for <see cref="StreamOptions.Timeout"/>; without
    /// <see cref="StreamOptions.UntilEnd"/> never.</summary>
    /// <exception cref="MuseumException">Nothing moved for too long.</exception>
    public static async Task LimitAsync(
        StreamOptions options,
        IReadOnlyList<StreamHealth> health,
        Func<CancellationToken, Task> work,
        CancellationToken cancel
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var working = work(limit.Token);
        var (read, since) = (Read(), options.Clock.GetTimestamp());
        while (
            options.UntilEnd
            && await Task.WhenAny(working, Task.Delay(Between, options.Clock, CancellationToken.None)) != working
        )
        {
            if (Read() != read)
                (read, since) = (Read(), options.Clock.GetTimestamp());
            if (options.Clock.GetElapsedTime(since) < options.Timeout || cancel.IsCancellationRequested)
                continue;
            var states = health.Select(h => h.State()).ToList();
            await limit.CancelAsync();
            await Task.WhenAny(working);
            var stuck = states.Find(state => state.Problem is not null) ?? states[0];
            throw GivenUp(options, $"{stuck.Topic}: {stuck.Problem ?? stuck.State}");
        }

        await working;

        long Read() => health.Sum(h => h.State().Counts.Read);
    }

    /// <summary>The end of a wait.</summary>
    public static MuseumException GivenUp(StreamOptions options, string problem) =>
        new(
            ExitCode.Service,
            new Explanation(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"gave up: nothing moved for {options.Timeout.TotalSeconds:0} s: {problem}"
                ),
                [],
                "run it again when that is back, or wait longer with --timeout SECONDS"
            )
        );
}
