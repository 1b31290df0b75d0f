using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<IncidentOutcome> ActOnPressAsync(long pressId, IncidentMove move, CancellationToken cancel) =>
        store.ActOnPressAsync(pressId, move, cancel);

    public Task<IReadOnlyList<OverduePress>> OverdueAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        int most,
        CancellationToken cancel
    ) => store.OverdueAsync(since, until, most, cancel);

    public Task<bool> EscalateAsync(OverduePress press, CancellationToken cancel) => store.EscalateAsync(press, cancel);

    public Task<IReadOnlyList<Escalation>> UndeliveredAsync(
        DateTimeOffset since,
        int attempts,
        CancellationToken cancel
    ) => store.UndeliveredAsync(since, attempts, cancel);

    public Task<bool> AttemptAsync(Escalation escalation, CancellationToken cancel) =>
        store.AttemptAsync(escalation, cancel);

    public Task AttemptedAsync(Escalation escalation, string? problem, CancellationToken cancel) =>
        store.AttemptedAsync(escalation, problem, cancel);
}
