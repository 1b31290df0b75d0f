using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Store.Contracts.Retention;

/// <summary>Taking whole months of events or refusals out of the tables. Their positions stay known, and the ledger's and
/// the hourly counts stay. Each part goes in three steps, and each step may be the last before the process dies: it is
/// begun; what is to go is recorded; it goes, a transaction at a time.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IRetention
{
    /// <summary>Everything that was begun, the oldest first.</summary>
    Task<IReadOnlyList<Retirement>> ListAsync(CancellationToken cancel);

    /// <summary>Begins a part: from here on, whoever began the same one and had not recorded it cannot go on. Returns
    /// what is <see cref="RetirementState.Removing"/> if something of the same part still is: that goes first.</summary>
    /// <param name="place">Where its file will be; null if it goes away.</param>
    /// <param name="fileOf">The file's name there, by the number of the retirement.</param>
    Task<Retirement> BeginAsync(ExportPart part, string? place, Func<int, string> fileOf, CancellationToken cancel);

    /// <summary>Records what is to go, once its file is complete. False, and nothing will go, if another process has
    /// begun the same part meanwhile.</summary>
    Task<bool> PlanAsync(int retirement, RetiredPositions positions, CancellationToken cancel);

    /// <summary>Removes some of what is to go, in one transaction. Returns how many rows went; null once nothing is
    /// left.</summary>
    Task<long?> RemoveAsync(int retirement, CancellationToken cancel);

    /// <summary>What took this refusal away; null if nothing did.</summary>
    Task<Retirement?> FindRefusalAsync(long id, CancellationToken cancel);

    /// <summary>How many held refusals are retired.</summary>
    Task<long> HeldAsync(Reason? reason, CancellationToken cancel);
}

public enum RetirementState
{
    /// <summary>Its file may be half there, and nothing is gone.</summary>
    Writing,

    /// <summary>Its file is complete, and what it holds goes.</summary>
    Removing,

    Done,
}

/// <param name="Museum">Its code.</param>
/// <param name="Month">As 2023-03, in UTC.</param>
/// <param name="Place">Null if it went away.</param>
/// <param name="Rows">How many were to go.</param>
public sealed record Retirement(
    int Id,
    ExportSet What,
    string Museum,
    string Month,
    string? Place,
    string? File,
    long Rows,
    RetirementState State,
    DateTimeOffset At
);
