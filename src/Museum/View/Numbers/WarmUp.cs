using Microsoft.Extensions.Hosting;
using MuseumPipeline.Load;

namespace MuseumPipeline.View.Numbers;

/// <summary>
/// The counts are read as soon as the server is up, so that the first who opens a page need not wait for them; and then, in the background, the repeats
/// of the last weeks and whatever others are asked for.
/// </summary>
internal sealed class WarmUp(IStore store, Selections selections, RefusedDays refused, Repeats repeats, RatingTarget target) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Yield();
            var held = HeldAsync(stoppingToken);
            // With the statistics, whose code is compiled when it is first used.
            var usual = await selections.OfAsync(new ViewQuery(), stoppingToken);
            _ = Ratings.Of(usual, target);
            await held;
            repeats.SoFar(usual.Cube, usual.From, usual.To);
            foreach (var (from, to) in usual.DaysLookedAt()) repeats.SoFar(usual.Cube, from, to);
        }
        catch (Exception e) when (e is BadQueryException or Run.TransientException or Run.MuseumException or OperationCanceledException)
        {
            // No museum yet, or no database: whoever asks is told.
        }

        await repeats.ReadWantedAsync(stoppingToken);
    }

    /// <summary>Beside the hourly counts and not after them: of millions of refusals it takes a second.</summary>
    private async Task HeldAsync(CancellationToken cancel)
    {
        foreach (var museum in (await store.CatalogueAsync(cancel)).Museums) await refused.OfAsync(museum, default, default, cancel);
    }
}
