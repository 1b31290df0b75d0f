using Microsoft.Extensions.Hosting;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>
/// The counts are read as soon as the server is up, so that the first who opens a page need not wait for them; and, in
/// the background, whatever repeats are
/// asked for. Those of the last weeks nobody need ask for: once the first pages are out, for reading them keeps a
/// database busy for seconds.
/// </summary>
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
            // No museum yet, or no database: whoever asks is told.
        }
    }

    /// <summary>With the statistics, whose code is compiled when it is first used.</summary>
    private async Task HoursAsync(CancellationToken cancel) =>
        _ = Ratings.Of(await selections.OfAsync(new ViewQuery(), cancel), target);

    /// <summary>Beside the hourly counts and not after them: of millions of refusals it takes a second.</summary>
    private async Task HeldAsync(CancellationToken cancel)
    {
        foreach (var museum in (await counts.CatalogueAsync(cancel)).Museums)
            await refused.OfAsync(museum, default, default, cancel);
    }
}
