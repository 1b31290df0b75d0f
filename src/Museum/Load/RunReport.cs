using MuseumPipeline.Model;
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

    /// <summary>Objects that were not loaded, by name: known, removed or damaged.</summary>
    public List<AsideReport> Aside { get; } = [];

    /// <summary>Sources in which most presses repeat earlier ones of their own.</summary>
    public List<RepeatsReport> Repeating { get; } = [];

    public ExhibitionReport Exhibitions { get; } = new();

    public List<SourceReport> Sources { get; } = [];

    /// <summary>The sums of each source and of the whole agree, and no source is unfinished.</summary>
    public bool Balanced => Counts.Balanced && Sources.TrueForAll(s => s.Counts.Balanced);

    /// <summary>It is not a success if a person has to look at something.</summary>
    public ExitCode ExitCode =>
        Balanced && !Aside.Exists(a => a.State == "damaged") ? ExitCode.Done : ExitCode.DataRefused;

    public TimeSpan Elapsed { get; set; }

    /// <summary>Stopped by a signal.</summary>
    public bool Interrupted { get; set; }
}

/// <summary>The result for the exhibition files.</summary>
public sealed class ExhibitionReport
{
    public int Read { get; set; }

    public int Created { get; set; }

    public int Changed { get; set; }

    public int Unchanged { get; set; }

    /// <summary>File, key, found and expected, for each one refused.</summary>
    public List<string> Refused { get; } = [];
}

/// <param name="State"><c>known</c> (its content is there under other names), <c>removed</c> (by <c>sources
/// remove</c>), <c>damaged</c> (compressed, and cannot be decompressed).</param>
/// <param name="Detail">For people.</param>
public sealed record AsideReport(string Name, string Version, string State, string Detail);

/// <param name="Repeats">An estimate if there are many.</param>
public sealed record RepeatsReport(string Name, long Repeats, long Presses);

/// <param name="State"><c>loaded</c>, <c>already</c>, <c>replaced</c> (took the place of an older version),
/// <c>partial</c>, <c>failed</c>.</param>
public sealed record SourceReport(string Name, string Version, string State, Counts Counts);
