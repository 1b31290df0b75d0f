using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>What a load did, for the summary and for <c>--json</c>.</summary>
public sealed class RunReport
{
    public required string Command { get; init; }

    public required string Target { get; init; }

    public int? RunId { get; set; }

    public bool DryRun { get; init; }

    public Counts Counts { get; set; }

    /// <summary>The part of <see cref="Counts"/>'s already that the ledger holds under this run itself.</summary>
    internal long AlreadyInRun { get; set; }

    /// <summary>Refused in this run, by reason code.</summary>
    public SortedDictionary<string, long> Reasons { get; } = new(StringComparer.Ordinal);

    public List<string> IgnoredObjects { get; } = [];

    /// <summary>In the ledger, but no longer in the bucket; their rows stay.</summary>
    public List<string> VanishedObjects { get; } = [];

    /// <summary>Objects whose server gave no usable checksum.</summary>
    public List<string> UnverifiedObjects { get; } = [];

    public ExhibitionReport Exhibitions { get; } = new();

    public List<SourceReport> Sources { get; } = [];

    /// <summary>Each source and the whole add up, and no source was left unfinished.</summary>
    public bool Balanced => Counts.Balanced && Sources.TrueForAll(s => s.Counts.Balanced);

    public TimeSpan Elapsed { get; set; }

    /// <summary>Stopped by a signal.</summary>
    public bool Interrupted { get; set; }
}

/// <summary>What became of the exhibition files.</summary>
public sealed class ExhibitionReport
{
    public int Read { get; set; }

    public int Created { get; set; }

    public int Changed { get; set; }

    public int Unchanged { get; set; }

    /// <summary>File, key, found and expected, of each refused one.</summary>
    public List<string> Refused { get; } = [];
}

/// <param name="State"><c>loaded</c>, <c>already</c>, <c>replaced</c> (took the place of an older version),
/// <c>partial</c>, <c>failed</c>.</param>
public sealed record SourceReport(string Name, string Version, string State, Counts Counts);
