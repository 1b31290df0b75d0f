using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Store.Contracts;

/// <summary>What operators did.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IOperatorLog
{
    /// <summary>The newest first.</summary>
    Task<IReadOnlyList<OperatorAction>> ListAsync(int most, CancellationToken cancel);

    /// <summary>Records what an operator did.</summary>
    Task RecordAsync(string target, OperatorMove move, CancellationToken cancel);
}

/// <summary>A row of <c>operator_action</c>.</summary>
/// <param name="Target">Topic and partition.</param>
public sealed record OperatorAction(
    long Id,
    DateTimeOffset At,
    string Who,
    string Command,
    string Target,
    string Detail
);

/// <summary>An operator's decision about a position.</summary>
public sealed record OperatorMove(string Who, string Command, string Detail)
{
    /// <summary>What is read from here on belongs to another log than what was read before.</summary>
    public bool OtherLog { get; init; }

    /// <summary>Who it was, for the audit; null: the user of the operating system.</summary>
    public AuditActor? By { get; init; }

    /// <summary>Somebody typed the detail, and may have named people: it stays out of the audit's chain.</summary>
    public bool Typed { get; init; }
}
