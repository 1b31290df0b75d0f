namespace MuseumPipeline.Store.Contracts.Audit;

/// <summary>
/// Who did what, only added to: each row's hash covers the row before. The rows know people by opaque ids; names and
/// addresses are in a table of their own, which can be erased without breaking the chain.
/// </summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IAudit
{
    /// <summary>Adds them, in this order, in one transaction.</summary>
    Task AddAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel);

    /// <summary>The newest first.</summary>
    Task<IReadOnlyList<AuditRow>> ListAsync(int most, CancellationToken cancel);

    /// <summary>Those after an id, the oldest first.</summary>
    Task<IReadOnlyList<AuditRow>> AfterAsync(long id, int most, CancellationToken cancel);

    /// <summary>Checks every row: it must be as it was written, and follow the one before.</summary>
    Task<AuditProof> VerifyAsync(CancellationToken cancel);

    /// <summary>Removes the rows before an instant, and the people that no other row names; how many rows.</summary>
    Task<long> RetireAsync(DateTimeOffset before, CancellationToken cancel);
}

/// <summary>Somebody, and where they came from.</summary>
/// <param name="Provider">Who vouches for the name: <c>password</c>, an issuer, <c>machine</c> for a user of the
/// operating system.</param>
/// <param name="Address">Empty where there is none.</param>
public sealed record AuditActor(string Name, string Provider, string Address = "")
{
    public const string Machine = "machine";
}

/// <param name="Event">One word: <c>login</c>, <c>denied</c>, <c>users role</c> …</param>
/// <param name="Detail">Without names: those of people are in <paramref name="Actor"/> and
/// <paramref name="Subject"/>.</param>
/// <param name="Subject">To whom it was done.</param>
/// <param name="Times">How often within the minute.</param>
public sealed record AuditEntry(
    DateTimeOffset At,
    string Event,
    AuditActor Actor,
    string Detail,
    string? Subject = null,
    int Times = 1
);

/// <summary>A row of <c>audit_event</c>, with the names that its ids stand for today.</summary>
/// <param name="Hash">Of this row and the one before.</param>
public sealed record AuditRow(
    long Id,
    DateTimeOffset At,
    string Event,
    string Who,
    string Provider,
    string Address,
    string? Subject,
    string Detail,
    int Times,
    string Hash
);

/// <param name="Rows">How many were checked.</param>
/// <param name="Head">The hash of the newest: kept elsewhere, it proves later that none is missing at the end.</param>
/// <param name="BrokenAt">The first row that is not as it was written, or does not follow the one before.</param>
public sealed record AuditProof(long Rows, string Head, long? BrokenAt)
{
    /// <summary>The last row that was removed when its time was over.</summary>
    public long? RetiredThrough { get; init; }
}
