using MuseumPipeline.Load;

namespace MuseumPipeline.Tests.Run;

internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(int museumId, DateTimeOffset hour, CancellationToken cancel) =>
        store.LastPressesAsync(museumId, hour, cancel);

    public Task<IReadOnlyList<RefusedCount>> RefusedAsync(int museumId, DateTimeOffset from, DateTimeOffset before, CancellationToken cancel) =>
        store.RefusedAsync(museumId, from, before, cancel);

    public Task<IReadOnlyList<QuarantineRow>> RefusalsAsync(RefusalFilter filter, CancellationToken cancel) => store.RefusalsAsync(filter, cancel);

    public Task<long> RefusalsHeldAsync(int museumId, CancellationToken cancel) => store.RefusalsHeldAsync(museumId, cancel);

    public Task RecordAsync(string target, OperatorMove move, CancellationToken cancel) => store.RecordAsync(target, move, cancel);
}
