using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Records that could not be used: reading them, counting them, and turning them into events after
/// all.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IQuarantine
{
    /// <summary>Held refusals in order of arrival.</summary>
    Task<IReadOnlyList<QuarantineRow>> ListAsync(QuarantineFilter filter, CancellationToken cancel);

    /// <summary>Held refusals by reason.</summary>
    Task<IReadOnlyList<ReasonCount>> CountsAsync(CancellationToken cancel);

    /// <summary>Turns held refusals into events (or gives them a new reason), and updates the ledger's and the hourly
    /// counts, in one transaction. A refusal that is no longer held is skipped. Returns how many became ratings and how
    /// many calls for help.</summary>
    /// <exception cref="RowRefusedException">The database refuses one of the events; nothing was replayed.</exception>
    Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    );

    /// <summary>A museum's refusals, newest first, with the beginning of each record.</summary>
    Task<IReadOnlyList<QuarantineRow>> NewestAsync(RefusalFilter filter, CancellationToken cancel);

    /// <summary>How many there are of them, on all pages.</summary>
    Task<long> CountAsync(RefusalFilter filter, CancellationToken cancel);

    /// <summary>How many refusals of a museum are held.</summary>
    Task<long> HeldAsync(int museumId, CancellationToken cancel);

    /// <summary>A museum's held refusals, counted by day, place and reason, source by source. For a known source that
    /// only grew: what was added; for one that changed in any other way: everything; for an unchanged one:
    /// nothing.</summary>
    /// <param name="timeZone">The zone of the days.</param>
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
    /// <summary>Why an operator discarded it; null for all others.</summary>
    public string? Discarded { get; init; }

    /// <summary>For people: the line of an object, or the offset of a partition.</summary>
    public string Place => SourcePlace.Of(Kind, Location, SourceName, Position);
}

public sealed record ReasonCount(Reason Reason, long Count, long PossibleHelp);

public sealed record ReplayCounts(long Ratings, long Support, long StillRefused);

/// <param name="Before">Only records with lower ids.</param>
/// <param name="RawMost">This many bytes of each record.</param>
/// <param name="Days">Only those counted on these days (<see cref="IQuarantine.ByDayAsync"/>).</param>
/// <param name="Exhibitions">Only of these; null: of any, or of none that is known.</param>
public sealed record RefusalFilter(
    int MuseumId,
    int Most,
    long? Before = null,
    Reason? Reason = null,
    string? Site = null,
    string State = "held",
    bool PossibleHelpOnly = false,
    int RawMost = 4096,
    RefusalDays? Days = null,
    IReadOnlyList<int>? Exhibitions = null
);

/// <param name="From">The first, inclusive, and…</param>
/// <param name="To">…the last, in this zone.</param>
public sealed record RefusalDays(DateOnly From, DateOnly To, string TimeZone);

/// <param name="Site">As it was sent, cut if it is longer than any real one; null if it could not be read.</param>
/// <param name="ExhibitionId">Null if the site names none.</param>
/// <param name="KindKnown">For a call for help: whether its kind could be read.</param>
public readonly record struct RefusedCount(
    string? Site,
    int? ExhibitionId,
    Reason Reason,
    bool PossibleHelp,
    bool KindKnown,
    long Count
);

/// <summary>How far the refusals of each source have been read.</summary>
/// <param name="Replays">How often any record was judged again: held records may have another reason since.</param>
public sealed record RefusedMarks(long Replays, IReadOnlyDictionary<int, RefusedMark> Sources);

/// <param name="Epoch">The source's, from its ledger.</param>
/// <param name="Held">How many of it are held.</param>
/// <param name="LastId">The newest of them.</param>
public readonly record struct RefusedMark(long Epoch, long Held, long LastId);

/// <param name="Marks">Where to continue.</param>
/// <param name="Changed">Includes sources that are gone, without content.</param>
public sealed record RefusedReading(RefusedMarks Marks, IReadOnlyList<RefusedSource> Changed);

/// <param name="OnTop">False: these are all the source has, not an addition.</param>
public sealed record RefusedSource(int SourceId, bool OnTop, IReadOnlyList<(DateOnly Day, RefusedCount Count)> Counts);
