using Microsoft.Extensions.Hosting;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>Reads the counts as soon as the server is up, so that the first page need not wait for them; and, in the
/// background, the repeats that requests ask for. Those of the last weeks are read without a request, but only after
/// the first pages are out, because reading them keeps a database busy for seconds.</summary>
internal sealed class WarmUp(
    ICounts counts,
    Selections selections,
    RefusedDays refused,
    Repeats repeats,
    RatingTarget target,
    TimeProvider clock
) : BackgroundService
{
    private static readonly TimeSpan FirstPages = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll(CountAsync(stoppingToken), repeats.ReadWantedAsync(stoppingToken));
    }

    private async Task CountAsync(CancellationToken cancel)
    {
        try
        {
            await Task.WhenAll(HoursAsync(cancel), HeldAsync(cancel));
            await Task.Delay(FirstPages, clock, cancel);
            var usual = await selections.OfAsync(new ViewQuery(), cancel);
            repeats.SoFar(usual.Cube, usual.From, usual.To);
            foreach (var (from, to) in usual.DaysLookedAt())
                repeats.SoFar(usual.Cube, from, to);
        }
        catch (Exception e)
            when (e is BadQueryException or TransientException or MuseumException or OperationCanceledException)
        {
            // No museum yet, or no database: requests report it.
        }
    }

    /// <summary>Including the statistics, whose code is compiled on first use.</summary>
    private async Task HoursAsync(CancellationToken cancel) =>
        _ = Ratings.Of(await selections.OfAsync(new ViewQuery(), cancel), target);

    /// <summary>In parallel with the hourly counts: with millions of refusals it takes a second.</summary>
    private async Task HeldAsync(CancellationToken cancel)
    {
        foreach (var museum in (await counts.CatalogueAsync(cancel)).Museums)
            await refused.OfAsync(museum, default, default, cancel);
    }
}
