using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Import;

/// <summary>What was taken over.</summary>
internal sealed class ImportReport
{
    public required string From { get; init; }

    public required string Museum { get; init; }

    /// <summary>Null where the original's times are instants.</summary>
    public required string? TimeZone { get; init; }

    public int RunId { get; set; }

    /// <summary>Rows of events keep their numbers: the database was empty.</summary>
    public bool NumbersKept { get; set; }

    public int Exhibitions { get; set; }

    public int ExhibitionsCreated { get; set; }

    /// <summary>Buttons that were not there.</summary>
    public List<string> ButtonsAdded { get; } = [];

    public Counts Counts { get; set; }

    public SortedDictionary<string, long> Reasons { get; } = new(StringComparer.Ordinal);

    /// <summary>When the newest press was made: a stream goes on from there.</summary>
    public DateTimeOffset? Newest { get; set; }

    public TimeSpan Elapsed { get; set; }
}

/// <param name="Museum">Its code; null for the only one.</param>
/// <param name="TimeZone">Of the original's times; null for the museum's.</param>
/// <param name="Location">What the ledger calls the database.</param>
/// <param name="Name">What the ledger calls the schema.</param>
internal sealed record ImportRequest(string? Museum, string? TimeZone, string Location, string Name);
