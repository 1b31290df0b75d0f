using Microsoft.Extensions.Hosting;

namespace MuseumPipeline.Serve;

/// <summary>The command handles signals: it finishes its transaction first.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
