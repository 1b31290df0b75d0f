using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

/// <summary>A real quarantine in which something happens before each replay.</summary>
internal sealed class ReplayAfter(Action something, IQuarantine quarantine) : IQuarantine
{
    public Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    )
    {
        something();
        return quarantine.ReplayAsync(runId, loaded, refused, cancel);
    }

    public Task<IReadOnlyList<QuarantineRow>> ListAsync(QuarantineFilter filter, CancellationToken cancel) =>
        quarantine.ListAsync(filter, cancel);

    public Task<IReadOnlyList<ReasonCount>> CountsAsync(CancellationToken cancel) => quarantine.CountsAsync(cancel);

    public Task<IReadOnlyList<QuarantineRow>> NewestAsync(RefusalFilter filter, CancellationToken cancel) =>
        quarantine.NewestAsync(filter, cancel);

    public Task<long> CountAsync(RefusalFilter filter, CancellationToken cancel) =>
        quarantine.CountAsync(filter, cancel);

    public Task<long> HeldAsync(int museumId, CancellationToken cancel) => quarantine.HeldAsync(museumId, cancel);

    public Task<RefusedReading> ByDayAsync(
        int museumId,
        string timeZone,
        RefusedMarks? known,
        CancellationToken cancel
    ) => quarantine.ByDayAsync(museumId, timeZone, known, cancel);
}
