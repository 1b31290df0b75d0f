using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel) =>
        store.WatchAsync(since, cancel);
}
