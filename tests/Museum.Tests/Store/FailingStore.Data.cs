using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(
        int museumId,
        DateTimeOffset hour,
        CancellationToken cancel
    ) => store.LastPressesAsync(museumId, hour, cancel);

    public Task<RefusedReading> RefusedAsync(
        int museumId,
        string timeZone,
        RefusedMarks? known,
        CancellationToken cancel
    ) => store.RefusedAsync(museumId, timeZone, known, cancel);

    public Task<IReadOnlyList<QuarantineRow>> RefusalsAsync(RefusalFilter filter, CancellationToken cancel) =>
        store.RefusalsAsync(filter, cancel);

    public Task<long> RefusalsHeldAsync(int museumId, CancellationToken cancel) =>
        store.RefusalsHeldAsync(museumId, cancel);

    public Task RecordAsync(string target, OperatorMove move, CancellationToken cancel) =>
        store.RecordAsync(target, move, cancel);
}
