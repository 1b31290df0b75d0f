using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security.Local;
using MuseumPipeline.Store.Contracts;
using Claim = System.Security.Claims.Claim;

namespace MuseumPipeline.Serve.Security;

/// <summary>Whether somebody who logged in may still come in: checked in the database every few seconds, for requests
/// and open streams alike.</summary>
internal sealed class Users(IUsers users, Gate gate, TimeProvider clock, ILoggerFactory logs) : IDisposable
{
    private const string StampClaim = "stamp";
    private const string OidcScheme = "oidc";
    public const string PasswordScheme = "password";
    private const string OnceScheme = "once";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim one = new(1);
    private Dictionary<string, DashboardUser> known = [];
    private IReadOnlyDictionary<string, string> stamps = new Dictionary<string, string>();
    private readonly ConcurrentDictionary<string, DateTimeOffset> over = new();
    private long? readAt;

    /// <summary>The identity for the cookie: name, role and the stamp, which must still match when the cookie comes
    /// back.</summary>
    public ClaimsPrincipal PrincipalOf(DashboardUser user) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.Name, user.Name),
                    new Claim(ClaimTypes.Role, user.Role),
                    new Claim(StampClaim, user.Stamp),
                    .. Sessions.Begin(clock.GetUtcNow()),
                    .. (user.Museums ?? []).Select(code => new Claim(Sight.MuseumClaim, code)),
                ],
                PasswordScheme
            )
        );

    /// <summary>Somebody from the provider, with their current role, who may see these museums (null: all).</summary>
    public async Task<ClaimsPrincipal> PrincipalOfAsync(
        Vouched who,
        string role,
        IReadOnlyList<string>? museums,
        CancellationToken cancel
    )
    {
        await ReadAgainAsync(cancel);
        return new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.Name, who.Name),
                    new Claim(ClaimTypes.NameIdentifier, who.Subject),
                    new Claim(ClaimTypes.Role, role),
                    new Claim(StampClaim, StampOf(who.Name, stamps)),
                    .. Sessions.Begin(clock.GetUtcNow()),
                    .. (museums ?? []).Select(code => new Claim(Sight.MuseumClaim, code)),
                ],
                OidcScheme
            )
        );
    }

    /// <summary>Whether a login is required, by what was last read: from the first user on, also in a running
    /// server.</summary>
    public bool LoginRequired => gate.AlwaysLogin || known.Count > 0;

    /// <summary>Somebody who came by the one-time address; until there is a user.</summary>
    public ClaimsPrincipal PrincipalOfOneTimeAddress() =>
        new(
            new ClaimsIdentity(
                [new Claim(ClaimTypes.Role, Roles.Operator), .. Sessions.Begin(clock.GetUtcNow())],
                OnceScheme
            )
        );

    /// <summary>For a login.</summary>
    public async Task<DashboardUser?> FindAsync(string name, CancellationToken cancel)
    {
        await ReadAgainAsync(cancel);
        return known.GetValueOrDefault(name);
    }

    /// <summary>Whether anybody has a password here.</summary>
    public async Task<bool> AreThereAnyAsync(CancellationToken cancel)
    {
        await RefreshAsync(cancel);
        return known.Count > 0;
    }

    /// <summary>By what was last read; <see cref="RefreshAsync"/> first.</summary>
    public bool IsStillIn(ClaimsPrincipal principal) =>
        principal.Identity switch
        {
            { AuthenticationType: Owner.Name } => !LoginRequired,
            _ when IsOver(principal) => false,
            { AuthenticationType: OidcScheme, Name: { } name } => principal.HasClaim(StampClaim, StampOf(name, stamps)),
            { AuthenticationType: OnceScheme } => !LoginRequired,
            { Name: { } name } => known.TryGetValue(name, out var user)
                && principal.HasClaim(StampClaim, user.Stamp)
                && principal.HasClaim(ClaimTypes.Role, user.Role),
            _ => false,
        };

    /// <summary>The user behind a session that began with a password; null for anybody else.</summary>
    public async Task<DashboardUser?> BehindAsync(ClaimsPrincipal principal, CancellationToken cancel) =>
        principal.Identity is { AuthenticationType: PasswordScheme, Name: { } name }
            ? await FindAsync(name, cancel)
            : null;

    /// <summary>False if this one-time password or a later one was used before.</summary>
    public Task<bool> UseStepAsync(string name, long step, CancellationToken cancel) =>
        users.UseStepAsync(name, step, cancel);

    /// <summary>Ends one session: here at once, on other servers within seconds, whoever holds its cookie.</summary>
    public async Task EndAsync(ClaimsPrincipal principal, CancellationToken cancel)
    {
        if (Sessions.IdOf(principal) is not { } session || Sessions.EndOf(principal, gate.Settings) is not { } until)
            return;
        over[session] = until;
        try
        {
            await users.EndSessionAsync(session, until, cancel);
        }
        catch (TransientException e)
        {
            // Logging out does not wait for this.
            logs.CreateLogger("museum").LogWarning(e, "serve: a logout is not yet known to other servers");
        }
    }

    private bool IsOver(ClaimsPrincipal principal) =>
        Sessions.IdOf(principal) is not { } session
        || over.ContainsKey(session)
        || Sessions.EndOf(principal, gate.Settings) is not { } end
        || end <= clock.GetUtcNow();

    /// <summary>While the database is unavailable, the last answer stands: the page must stay readable then, and nobody
    /// can be removed meanwhile.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        if (IsFresh())
            return;
        await one.WaitAsync(cancel);
        try
        {
            if (!IsFresh())
                await ReadAsync(cancel);
        }
        catch (TransientException) when (readAt is not null)
        {
            readAt = clock.GetTimestamp();
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    /// <summary>A login is judged by the current state, and so is the first request with its cookie.</summary>
    private async Task ReadAgainAsync(CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            await ReadAsync(cancel);
        }
        finally
        {
            one.Release();
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        known = (await users.ListAsync(cancel)).Select(Within).ToDictionary(user => user.Name, StringComparer.Ordinal);
        stamps = await users.SessionStampsAsync(cancel);
        foreach (var (session, until) in await users.EndedSessionsAsync(cancel))
            over[session] = until;
        foreach (var (session, until) in over.Where(ended => ended.Value < clock.GetUtcNow()))
            over.TryRemove(new(session, until));
        readAt = clock.GetTimestamp();
    }

    /// <summary>What an operator does is done to all museums: whoever sees some of them only is none, whatever their
    /// row says.</summary>
    private static DashboardUser Within(DashboardUser user) =>
        user is { Museums: not null, Role: Roles.Operator } ? user with { Role = Roles.Security } : user;

    /// <summary>A provider's names may differ in letter case; ending sessions ignores case.</summary>
    private static string StampOf(string name, IReadOnlyDictionary<string, string> stamps) =>
        $"{stamps.GetValueOrDefault(name.Trim().ToLowerInvariant())}/{stamps.GetValueOrDefault("")}";

    private bool IsFresh() => readAt is { } at && clock.GetElapsedTime(at) < Fresh;
}
