using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<DashboardUser>> UsersAsync(CancellationToken cancel) => store.UsersAsync(cancel);

    public Task<bool> AddUserAsync(
        string name,
        string role,
        string passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) => store.AddUserAsync(name, role, passwordHash, move, cancel);

    public Task<bool> ChangeUserAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) => store.ChangeUserAsync(name, role, passwordHash, move, cancel);

    public Task<bool> RemoveUserAsync(string name, OperatorMove move, CancellationToken cancel) =>
        store.RemoveUserAsync(name, move, cancel);

    public Task<bool> EndSessionsAsync(string? name, OperatorMove move, CancellationToken cancel) =>
        store.EndSessionsAsync(name, move, cancel);

    public Task<IReadOnlyDictionary<string, string>> SessionStampsAsync(CancellationToken cancel) =>
        store.SessionStampsAsync(cancel);

    public Task<IReadOnlyList<string>> CookieKeysAsync(CancellationToken cancel) => store.CookieKeysAsync(cancel);

    public Task AddCookieKeyAsync(string name, string xml, CancellationToken cancel) =>
        store.AddCookieKeyAsync(name, xml, cancel);
}
