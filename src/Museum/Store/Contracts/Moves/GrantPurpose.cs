namespace MuseumPipeline.Store.Contracts.Moves;

/// <summary>What a role of the database's own is for; each may do only what those commands need.</summary>
public enum GrantPurpose
{
    /// <summary>load, export, import, quarantine, sources and verify.</summary>
    Load,

    /// <summary>consume, kafka and the same of quarantine.</summary>
    Consume,

    /// <summary>serve: reads, and records what people do about calls; never touches presses.</summary>
    Serve,

    /// <summary>report, runs, db status and what else only reads.</summary>
    Report,

    /// <summary>Other programs: the views alone.</summary>
    Bi,
}
