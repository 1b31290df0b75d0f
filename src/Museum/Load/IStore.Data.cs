using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>What the page about the data itself reads.</summary>
public partial interface IStore
{
    /// <summary>The last press of each exhibition within the hour that is known to hold it.</summary>
    Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(int museumId, DateTimeOffset hour, CancellationToken cancel);

    /// <summary>Held refusals of a period, counted by where and why.</summary>
    Task<IReadOnlyList<RefusedCount>> RefusedAsync(int museumId, DateTimeOffset from, DateTimeOffset before, CancellationToken cancel);

    /// <summary>Refusals, the newest record first, with the beginning of what arrived.</summary>
    Task<IReadOnlyList<QuarantineRow>> RefusalsAsync(RefusalFilter filter, CancellationToken cancel);

    /// <summary>How many refusals of a museum are held.</summary>
    Task<long> RefusalsHeldAsync(int museumId, CancellationToken cancel);

    /// <summary>Puts what an operator did on record.</summary>
    Task RecordAsync(string target, OperatorMove move, CancellationToken cancel);
}

/// <param name="Site">As it was sent; null where it could not be read.</param>
/// <param name="ExhibitionId">Null where the site names none.</param>
public sealed record RefusedCount(string? Site, int? ExhibitionId, Reason Reason, bool PossibleHelp, long Count);

/// <param name="Before">Only records of lower ids.</param>
/// <param name="RawMost">So many bytes of each record.</param>
public sealed record RefusalFilter(
    int MuseumId, int Most, long? Before = null, Reason? Reason = null, string? Site = null, string State = "held", bool PossibleHelpOnly = false, int RawMost = 4096);
