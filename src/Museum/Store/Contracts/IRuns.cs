namespace MuseumPipeline.Store.Contracts;

/// <summary>The ledger of runs: every row of the database can be traced to one.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IRuns
{
    /// <summary>Opens a run in the ledger.</summary>
    Task<int> StartAsync(string command, string arguments, CancellationToken cancel);

    Task FinishAsync(int runId, RunEnd ending, CancellationToken cancel);

    /// <summary>The newest runs first, with the counts committed under each.</summary>
    Task<IReadOnlyList<RunRow>> ListAsync(int most, CancellationToken cancel);

    /// <summary>Whether there is a run of this number.</summary>
    Task<bool> ExistsAsync(int runId, CancellationToken cancel);

    /// <summary>The counts committed under one run, a row a source.</summary>
    Task<IReadOnlyList<RunSourceRow>> SourcesAsync(int runId, CancellationToken cancel);

    /// <summary>Records refused under one run, by reason, whatever happened to them since.</summary>
    Task<IReadOnlyList<ReasonCount>> ReasonsAsync(int runId, CancellationToken cancel);
}

/// <summary>How a run ended.</summary>
/// <param name="Message">Why, if it did not succeed.</param>
/// <param name="Already">Rows of sources that were complete before this run and so have no counts of their own in
/// it.</param>
public sealed record RunEnd(RunState State, int ExitCode, string? Message = null, long Already = 0)
{
    /// <summary>It finished its work.</summary>
    public static readonly RunEnd Done = new(RunState.Done, 0);
}

public enum RunState
{
    Running,
    Done,
    Stopped,
    Failed,

    /// <summary>Shown for a run that neither finished nor sent a heartbeat for a minute; never stored.</summary>
    Interrupted,
}

public sealed record RunRow(
    int Id,
    string Command,
    string Arguments,
    string Host,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    RunState State,
    int? ExitCode,
    string? Message,
    int Sources,
    Counts Counts
);

public sealed record RunSourceRow(
    int SourceId,
    string Location,
    string Name,
    string Version,
    SourceState State,
    Counts Counts
);
