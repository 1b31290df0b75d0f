using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>What the page about the data itself reads.</summary>
public partial interface IStore
{
    /// <summary>The last press of each exhibition within the hour that is known to hold it.</summary>
    Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(
        int museumId,
        DateTimeOffset hour,
        CancellationToken cancel
    );

    /// <summary>
    /// The refusals a museum holds, counted by day, place and reason, source by source. Of a source that is known and
    /// only grew, what came on top; of one
    /// that changed in any other way, all of it; of one that is as it was, nothing.
    /// </summary>
    /// <param name="timeZone">Whose days.</param>
    /// <param name="known">What was read before; null to read everything.</param>
    Task<RefusedReading> RefusedAsync(int museumId, string timeZone, RefusedMarks? known, CancellationToken cancel);

    /// <summary>Refusals, the newest record first, with the beginning of what arrived.</summary>
    Task<IReadOnlyList<QuarantineRow>> RefusalsAsync(RefusalFilter filter, CancellationToken cancel);

    /// <summary>How many refusals of a museum are held.</summary>
    Task<long> RefusalsHeldAsync(int museumId, CancellationToken cancel);

    /// <summary>Puts what an operator did on record.</summary>
    Task RecordAsync(string target, OperatorMove move, CancellationToken cancel);
}

/// <param name="Site">As it was sent, cut where it is longer than anybody's; null where it could not be read.</param>
/// <param name="ExhibitionId">Null where the site names none.</param>
/// <param name="KindKnown">Of a call for help, whether its kind could be read.</param>
public readonly record struct RefusedCount(
    string? Site,
    int? ExhibitionId,
    Reason Reason,
    bool PossibleHelp,
    bool KindKnown,
    long Count
);

/// <summary>How far the refusals of each source have been read.</summary>
/// <param name="Replays">How often any record was judged again: whatever is held may have another reason since.</param>
public sealed record RefusedMarks(long Replays, IReadOnlyDictionary<int, RefusedMark> Sources);

/// <param name="Epoch">The source's, from its ledger.</param>
/// <param name="Held">How many of it are held.</param>
/// <param name="LastId">The newest of them.</param>
public readonly record struct RefusedMark(long Epoch, long Held, long LastId);

/// <param name="Marks">To read on from.</param>
/// <param name="Changed">Sources that are gone are among them, with nothing in them.</param>
public sealed record RefusedReading(RefusedMarks Marks, IReadOnlyList<RefusedSource> Changed);

/// <param name="OnTop">False: these are all the source has, and not some more.</param>
public sealed record RefusedSource(int SourceId, bool OnTop, IReadOnlyList<(DateOnly Day, RefusedCount Count)> Counts);

/// <param name="Before">Only records of lower ids.</param>
/// <param name="RawMost">So many bytes of each record.</param>
public sealed record RefusalFilter(
    int MuseumId,
    int Most,
    long? Before = null,
    Reason? Reason = null,
    string? Site = null,
    string State = "held",
    bool PossibleHelpOnly = false,
    int RawMost = 4096
);
