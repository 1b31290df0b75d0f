using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<Catalogue> CatalogueAsync(CancellationToken cancel) => store.CatalogueAsync(cancel);

    public Task<HourlyReading> HourlyAsync(int museumId, DateTimeOffset? from, CancellationToken cancel) =>
        store.HourlyAsync(museumId, from, cancel);

    public Task<IReadOnlyList<RepeatRow>> RepeatsAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset until,
        TimeSpan within,
        CancellationToken cancel
    ) => store.RepeatsAsync(museumId, from, until, within, cancel);
}
