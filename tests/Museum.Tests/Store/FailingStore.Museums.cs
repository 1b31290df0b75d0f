using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<MuseumPipeline.Model.Museum> AddMuseumAsync(MuseumFacts facts, CancellationToken cancel) =>
        store.AddMuseumAsync(facts, cancel);

    public Task<(MuseumPipeline.Model.Museum Museum, Change Change)> ChangeMuseumAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    ) => store.ChangeMuseumAsync(code, change, cancel);

    public Task<MuseumPipeline.Model.Museum> RemoveMuseumAsync(string code, CancellationToken cancel) =>
        store.RemoveMuseumAsync(code, cancel);
}
