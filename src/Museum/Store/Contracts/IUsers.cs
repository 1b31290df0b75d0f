namespace MuseumPipeline.Store.Contracts;

/// <summary>Who may log in to the dashboard. Every change is recorded as an operator's action.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IUsers
{
    Task<IReadOnlyList<DashboardUser>> ListAsync(CancellationToken cancel);

    /// <summary>False if the name is taken.</summary>
    Task<bool> AddAsync(string name, string role, string passwordHash, OperatorMove move, CancellationToken cancel);

    /// <summary>Limits a user to these museums, by code, with a new stamp; null: no limit. False if nobody has the
    /// name.</summary>
    Task<bool> LimitAsync(string name, IReadOnlyList<string>? museums, OperatorMove move, CancellationToken cancel);

    /// <summary>Changes a user's role, password or both, with a new stamp. False if nobody has the name.</summary>
    Task<bool> ChangeAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    );

    /// <summary>False if nobody has the name.</summary>
    Task<bool> RemoveAsync(string name, OperatorMove move, CancellationToken cancel);

    /// <summary>Ends every session of somebody, including those from a provider; or of everybody if the name is null.
    /// False if no user has the name: a provider's people are not known here.</summary>
    /// <param name="name">In lower case.</param>
    Task<bool> EndSessionsAsync(string? name, OperatorMove move, CancellationToken cancel);

    /// <summary>Takes somebody's name and addresses out of everything that is kept: the user, the audit, what operators
    /// did, calls for help and their notes. False where nothing had the name.</summary>
    /// <param name="name">In small letters.</param>
    Task<bool> EraseAsync(string name, OperatorMove move, CancellationToken cancel);

    /// <summary>Ends one session until it would have ended by itself.</summary>
    Task EndSessionAsync(string session, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Those that were ended before their time.</summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> EndedSessionsAsync(CancellationToken cancel);

    /// <summary>Sets or takes away a user's second factor, with a new stamp. False where nobody has the name.</summary>
    /// <param name="sealedSecret">Sealed; null: none.</param>
    Task<bool> SetSecondFactorAsync(string name, string? sealedSecret, OperatorMove move, CancellationToken cancel);

    /// <summary>Takes note that a one-time password was used. False where it or a later one was before.</summary>
    Task<bool> UseStepAsync(string name, long timeStep, CancellationToken cancel);

    /// <summary>The stamps that sessions from a provider must carry: by name in lower case, and "" for
    /// everybody.</summary>
    Task<IReadOnlyDictionary<string, string>> SessionStampsAsync(CancellationToken cancel);
}

/// <summary>The keys that sign the dashboard's cookies.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface ICookieKeys
{
    /// <summary>As XML, oldest first.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancel);

    /// <summary>Adds a key; one with a known name is not changed.</summary>
    Task AddAsync(string name, string xml, CancellationToken cancel);
}

/// <summary>A row of <c>dashboard_user</c>.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Stamp">Changes with role and password, and when sessions are ended: a cookie with another stamp is
/// invalid.</param>
public sealed record DashboardUser(
    string Name,
    string Role,
    string PasswordHash,
    string Stamp,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>The codes of the museums they may see; null: all.</summary>
    public IReadOnlyList<string>? Museums { get; init; }

    /// <summary>The secret of their one-time passwords, sealed; null where they have none.</summary>
    public string? SecondFactor { get; init; }
}
