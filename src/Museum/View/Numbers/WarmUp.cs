using Microsoft.Extensions.Hosting;

namespace MuseumPipeline.View.Numbers;

/// <summary>The counts are read as soon as the server is up, so that the first who opens a page need not wait for them.</summary>
internal sealed class WarmUp(Selections selections, RatingTarget target) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Yield();
            // With the statistics, whose code is compiled when it is first used.
            _ = Ratings.Of(await selections.OfAsync(new ViewQuery(), stoppingToken), target);
        }
        catch (Exception e) when (e is BadQueryException or Run.TransientException or Run.MuseumException or OperationCanceledException)
        {
            // No museum yet, or no database: whoever asks is told.
        }
    }
}
