using Microsoft.Extensions.Hosting;

namespace MuseumPipeline.View.Numbers;

/// <summary>
/// The counts are read as soon as the server is up, so that the first who opens a page need not wait for them; and then, in the background, the repeats
/// of the last weeks and whatever others are asked for.
/// </summary>
internal sealed class WarmUp(Selections selections, RefusedDays refused, Repeats repeats, RatingTarget target) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Yield();
            // With the statistics, whose code is compiled when it is first used.
            var usual = await selections.OfAsync(new ViewQuery(), stoppingToken);
            _ = Ratings.Of(usual, target);
            await refused.OfAsync(usual.Cube, usual.From, usual.To, stoppingToken);
            repeats.SoFar(usual.Cube, usual.From, usual.To);
            foreach (var (from, to) in usual.DaysLookedAt()) repeats.SoFar(usual.Cube, from, to);
        }
        catch (Exception e) when (e is BadQueryException or Run.TransientException or Run.MuseumException or OperationCanceledException)
        {
            // No museum yet, or no database: whoever asks is told.
        }

        await repeats.ReadWantedAsync(stoppingToken);
    }
}
