namespace MuseumPipeline.Store.Contracts;

/// <summary>Who may log in to the dashboard. Every change is an operator's act and is recorded as one.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface IUsers
{
    Task<IReadOnlyList<DashboardUser>> ListAsync(CancellationToken cancel);

    /// <summary>False where the name is taken.</summary>
    Task<bool> AddAsync(string name, string role, string passwordHash, OperatorMove move, CancellationToken cancel);

    /// <summary>Limits a user to these museums, by code, with a new stamp; null: to none. False where nobody has the
    /// name.</summary>
    Task<bool> LimitAsync(string name, IReadOnlyList<string>? museums, OperatorMove move, CancellationToken cancel);

    /// <summary>Gives a user another role, another password or both, and a new stamp with it. False where nobody has
    /// the name.</summary>
    Task<bool> ChangeAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    );

    /// <summary>False where nobody has the name.</summary>
    Task<bool> RemoveAsync(string name, OperatorMove move, CancellationToken cancel);

    /// <summary>Ends every session of somebody, whoever vouched for them; of everybody where the name is null. False
    /// where no user has the name: a provider's people are not known here.</summary>
    /// <param name="name">In small letters.</param>
    Task<bool> EndSessionsAsync(string? name, OperatorMove move, CancellationToken cancel);

    /// <summary>Ends one session until it would have ended by itself.</summary>
    Task EndSessionAsync(string session, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Those that were ended before their time.</summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> EndedSessionsAsync(CancellationToken cancel);

    /// <summary>Sets or takes away a user's second factor, with a new stamp. False where nobody has the name.</summary>
    /// <param name="sealedSecret">Sealed; null: none.</param>
    Task<bool> SetSecondFactorAsync(string name, string? sealedSecret, OperatorMove move, CancellationToken cancel);

    /// <summary>Takes note that a one-time password was used. False where it or a later one was before.</summary>
    Task<bool> UseStepAsync(string name, long timeStep, CancellationToken cancel);

    /// <summary>The stamps that sessions must carry a provider vouched for: by name in small letters, and "" for
    /// everybody's.</summary>
    Task<IReadOnlyDictionary<string, string>> SessionStampsAsync(CancellationToken cancel);
}

/// <summary>The keys that sign the dashboard's cookies.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface ICookieKeys
{
    /// <summary>In XML, the oldest first.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancel);

    /// <summary>Adds a key; one whose name is known stays as it is.</summary>
    Task AddAsync(string name, string xml, CancellationToken cancel);
}

/// <summary>A row of <c>dashboard_user</c>.</summary>
/// <param name="Name">In small letters.</param>
/// <param name="Stamp">Changes with role and password, and when sessions are ended: a cookie that carries another one
/// is worth nothing.</param>
public sealed record DashboardUser(
    string Name,
    string Role,
    string PasswordHash,
    string Stamp,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>The codes of those they may see; null: all.</summary>
    public IReadOnlyList<string>? Museums { get; init; }

    /// <summary>The secret of their one-time passwords, sealed; null where they have none.</summary>
    public string? SecondFactor { get; init; }
}
