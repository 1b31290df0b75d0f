using MuseumPipeline.Load;

namespace MuseumPipeline.Tests.Run;

internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel) => store.WatchAsync(since, cancel);
}
