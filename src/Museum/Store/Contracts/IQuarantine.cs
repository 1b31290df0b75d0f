using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Records that could not be used: reading them, counting them, and turning them into events after
/// all.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface IQuarantine
{
    /// <summary>Held refusals in order of arrival.</summary>
    Task<IReadOnlyList<QuarantineRow>> ListAsync(QuarantineFilter filter, CancellationToken cancel);

    /// <summary>Held refusals by reason.</summary>
    Task<IReadOnlyList<ReasonCount>> CountsAsync(CancellationToken cancel);

    /// <summary>
    /// Turns held refusals into events (or gives them their new reason), moving the ledger's and the hourly counts with
    /// them, in one transaction. A refusal that is no longer held is left alone. Returns how many became ratings and
    /// how many support events.
    /// </summary>
    /// <exception cref="RowRefusedException">The database refuses one of the events; nothing was replayed.</exception>
    Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    );

    /// <summary>Refusals of a museum, the newest record first, with the beginning of what arrived.</summary>
    Task<IReadOnlyList<QuarantineRow>> NewestAsync(RefusalFilter filter, CancellationToken cancel);

    /// <summary>How many refusals of a museum are held.</summary>
    Task<long> HeldAsync(int museumId, CancellationToken cancel);

    /// <summary>
    /// The refusals a museum holds, counted by day, place and reason, source by source. Of a source that is known and
    /// only grew, what came on top; of one that changed in any other way, all of it; of one that is as it was, nothing.
    /// </summary>
    /// <param name="timeZone">Whose days.</param>
    /// <param name="known">What was read before; null to read everything.</param>
    Task<RefusedReading> ByDayAsync(int museumId, string timeZone, RefusedMarks? known, CancellationToken cancel);
}

public sealed record QuarantineFilter(
    Reason? Reason = null,
    long? Id = null,
    string? State = "held",
    bool PossibleHelpOnly = false,
    long AfterId = 0,
    int Most = int.MaxValue
);

public sealed record QuarantineRow(
    long Id,
    int MuseumId,
    int SourceId,
    string Kind,
    string Location,
    string SourceName,
    string SourceVersion,
    byte[]? Header,
    long Position,
    Reason Reason,
    string Detail,
    bool PossibleHelp,
    byte[] Raw,
    long RawLength,
    string? Site,
    int? ExhibitionId,
    DateTimeOffset? At,
    DateTimeOffset ReceivedAt,
    string State,
    DateTimeOffset? ResolvedAt
)
{
    /// <summary>Why an operator let go of it for good; null for all others.</summary>
    public string? Discarded { get; init; }

    /// <summary>For a person: the line of an object, or the offset of a partition.</summary>
    public string Place => SourcePlace.Of(Kind, Location, SourceName, Position);
}

public sealed record ReasonCount(Reason Reason, long Count, long PossibleHelp);

public sealed record ReplayCounts(long Ratings, long Support, long StillRefused);

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
