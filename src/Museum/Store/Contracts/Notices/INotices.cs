namespace MuseumPipeline.Store.Contracts.Notices;

/// <summary>Who is told of what, and what they are still to be told. Every change of a recipient is recorded as an
/// operator's act.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface INotices
{
    /// <summary>In the order of their names.</summary>
    Task<IReadOnlyList<Recipient>> RecipientsAsync(CancellationToken cancel);

    /// <summary>False where the name is taken.</summary>
    Task<bool> AddAsync(Recipient recipient, OperatorMove move, CancellationToken cancel);

    /// <summary>With what they were still to be told. False where nobody has the name.</summary>
    Task<bool> RemoveAsync(string name, OperatorMove move, CancellationToken cancel);

    /// <summary>Puts a notice into the outbox of a recipient, once: false where one of its key is or was
    /// there.</summary>
    Task<bool> QueueAsync(string recipient, Notice notice, CancellationToken cancel);

    /// <summary>What is due by now, the oldest first.</summary>
    /// <param name="since">What is older is not told any more.</param>
    Task<IReadOnlyList<Outgoing>> DueAsync(DateTimeOffset since, int most, CancellationToken cancel);

    /// <summary>Takes the next attempt: true for one of however many servers ask. Another may be taken from
    /// <paramref name="again"/> on, should this server die with it.</summary>
    Task<bool> AttemptAsync(Outgoing outgoing, DateTimeOffset again, CancellationToken cancel);

    /// <param name="problem">Null when it was delivered.</param>
    /// <param name="again">When it is tried again where it was not.</param>
    Task AttemptedAsync(Outgoing outgoing, string? problem, DateTimeOffset again, CancellationToken cancel);
}

/// <param name="Channel">email, slack, teams, pagerduty or webhook.</param>
/// <param name="Address">Of an e-mail alone: where another channel leads is a setting.</param>
/// <param name="Museum">Its code; null: every one.</param>
/// <param name="Kinds">What they are told of; empty: everything.</param>
/// <param name="From">Told only from here…</param>
/// <param name="To">…to here, by the museum's clock; both null: at any hour.</param>
public sealed record Recipient(
    string Name,
    string Channel,
    string? Address,
    string? Museum,
    IReadOnlyList<string> Kinds,
    TimeOnly? From,
    TimeOnly? To,
    DateTimeOffset CreatedAt
);

/// <summary>Something people are told.</summary>
/// <param name="Key">Of what happened: whoever was told of it is not told again.</param>
/// <param name="Severity">critical, warning or info.</param>
/// <param name="Text">In whole sentences.</param>
/// <param name="At">When it happened.</param>
public sealed record Notice(
    string Key,
    string Kind,
    string Severity,
    string Museum,
    string Subject,
    string Text,
    DateTimeOffset At
)
{
    /// <summary>Where people see more; it is added when it is sent.</summary>
    public Uri? Link { get; init; }
}

/// <param name="Attempts">So far.</param>
public sealed record Outgoing(long Id, string Recipient, Notice Notice, int Attempts);
