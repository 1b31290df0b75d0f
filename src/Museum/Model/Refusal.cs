namespace MuseumPipeline.Model;

/// <summary>Why a record was refused, in the order in which the rules are applied: the first that applies is the
/// reason.</summary>
public enum Reason : byte
{
    Empty,
    TooLarge,
    InvalidEncoding,
    InvalidJson,
    InvalidRow,

    /// <summary>A row that only repeats the header: files were merged with their first lines.</summary>
    RepeatedHeader,
    MissingAt,
    MissingVal,
    MissingType,
    MissingSite,
    InvalidVal,
    InvalidSite,
    InvalidType,
    Contradictory,
    InvalidAt,
    UnknownSite,
    Future,

    /// <summary>Earlier than any kiosk: a clock that lost its battery.</summary>
    Past,
    OutOfHours,

    /// <summary>The rules accepted it, but the database refused the row (for example by a constraint that somebody
    /// added).</summary>
    RefusedByDatabase,
}

/// <summary>The codes under which reasons are stored and shown.</summary>
internal static class Reasons
{
    private static readonly string[] Codes =
    [
        "empty",
        "too_large",
        "invalid_encoding",
        "invalid_json",
        "invalid_row",
        "repeated_header",
        "missing_at",
        "missing_val",
        "missing_type",
        "missing_site",
        "invalid_val",
        "invalid_site",
        "invalid_type",
        "contradictory",
        "invalid_at",
        "unknown_site",
        "future",
        "past",
        "out_of_hours",
        "refused_by_database",
    ];

    /// <summary>Every code, in the order of the rules.</summary>
    public static IReadOnlyList<string> All => Codes;

    /// <summary>The stored code of a reason, for example <c>unknown_site</c>.</summary>
    public static string Code(this Reason reason) => Codes[(int)reason];

    /// <summary>The reason with this code, or null.</summary>
    public static Reason? Parse(string code)
    {
        var at = Array.IndexOf(Codes, code);
        return at < 0 ? null : (Reason)at;
    }
}

/// <summary>A record that is kept, explained and replayable instead of stored as an event. A value, not an
/// exception.</summary>
/// <param name="SourceId">The ledger's row of the source that delivered it.</param>
/// <param name="Position">Where in that source: line or offset.</param>
/// <param name="Reason">The first rule that applied.</param>
/// <param name="Detail">What was found and what was expected, for people.</param>
public sealed record Refusal(int SourceId, long Position, Reason Reason, string Detail)
{
    /// <summary>The record as it arrived, at most <see cref="RawKept"/> bytes of it.</summary>
    public byte[] Raw { get; init; } = [];

    /// <summary>The record's length when it arrived, in bytes; more than <see cref="Raw"/> holds if only its beginning
    /// was kept.</summary>
    public long RawLength { get; init; }

    /// <summary>A help button may have been pressed: shown to the head of security, counted in no statistic.</summary>
    public bool PossibleHelp { get; init; }

    /// <summary>The site as far as it could be read.</summary>
    public string? Site { get; init; }

    /// <summary>The exhibition, if the site names one.</summary>
    public int? ExhibitionId { get; init; }

    /// <summary>The kind of help, if it could be read.</summary>
    public short? SupportTypeId { get; init; }

    /// <summary>The instant in microseconds since 1970-01-01T00:00Z, if it could be read.</summary>
    public long? At { get; init; }

    /// <summary>When it arrived, in microseconds since 1970-01-01T00:00Z; null: the time at which it is
    /// stored.</summary>
    public long? Arrived { get; init; }

    /// <summary>For a possible call for help: the kiosk's clock is wrong, and its time is the arrival.</summary>
    public bool ClockWrong { get; init; }

    /// <summary>The most bytes of one record that quarantine keeps.</summary>
    public const int RawKept = 1 << 20;

    /// <summary>The most bytes a record may have before it is refused as <see cref="Reason.TooLarge"/>.</summary>
    public const int RecordLimit = 64 * 1024;
}
