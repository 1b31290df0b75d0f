namespace MuseumPipeline.Store.Contracts;

/// <summary>Who may log in to the dashboard, and the keys that sign their cookies.</summary>
public partial interface IStore
{
    Task<IReadOnlyList<DashboardUser>> UsersAsync(CancellationToken cancel);

    /// <summary>False where the name is taken.</summary>
    Task<bool> AddUserAsync(string name, string role, string passwordHash, OperatorMove move, CancellationToken cancel);

    /// <summary>Gives a user another role, another password or both, and a new stamp with it. False where nobody has
    /// the name.</summary>
    Task<bool> ChangeUserAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    );

    /// <summary>False where nobody has the name.</summary>
    Task<bool> RemoveUserAsync(string name, OperatorMove move, CancellationToken cancel);

    /// <summary>Ends every session of somebody, whoever vouched for them; of everybody where the name is null. False
    /// where no user has the name: a provider's people are not known here.</summary>
    /// <param name="name">In small letters.</param>
    Task<bool> EndSessionsAsync(string? name, OperatorMove move, CancellationToken cancel);

    /// <summary>The stamps that sessions must carry a provider vouched for: by name in small letters, and "" for
    /// everybody's.</summary>
    Task<IReadOnlyDictionary<string, string>> SessionStampsAsync(CancellationToken cancel);

    Task<IReadOnlyList<string>> CookieKeysAsync(CancellationToken cancel);

    Task AddCookieKeyAsync(string name, string xml, CancellationToken cancel);
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
);
