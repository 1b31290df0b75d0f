using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<HelpRow>> HelpAsync(HelpFilter filter, CancellationToken cancel) =>
        store.HelpAsync(filter, cancel);

    public Task<IReadOnlyList<HelpRow>> HelpAsync(IReadOnlyCollection<long> ids, CancellationToken cancel) =>
        store.HelpAsync(ids, cancel);

    public Task<HelpCounts> HelpCountsAsync(int museumId, DateTimeOffset since, CancellationToken cancel) =>
        store.HelpCountsAsync(museumId, since, cancel);

    public Task<IReadOnlyList<HelpResponse>> HelpResponsesAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset before,
        CancellationToken cancel
    ) => store.HelpResponsesAsync(museumId, from, before, cancel);
}
