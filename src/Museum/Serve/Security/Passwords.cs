using Microsoft.AspNetCore.Identity;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>Password hashes in the format of ASP.NET Core Identity: PBKDF2 with HMAC-SHA512, salted, with the
/// parameters in the hash.</summary>
internal static class Passwords
{
    /// <summary>OWASP's recommendation for this function.</summary>
    private const int Rounds = 210_000;

    private static readonly PasswordHasher<DashboardUser> Hasher = new(
        Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = Rounds })
    );
    private static readonly DashboardUser Nobody = new("", "", "", "", default, default);
    private static readonly Lazy<string> NobodysHash = new(() => Hash(Guid.NewGuid().ToString()));

    public static string Hash(string password) => Hasher.HashPassword(Nobody, password);

    /// <summary>Takes as long for an unknown name as for a known one, so that names cannot be probed.</summary>
    public static bool Fits(DashboardUser? user, string password)
    {
        var result = Hasher.VerifyHashedPassword(user ?? Nobody, user?.PasswordHash ?? NobodysHash.Value, password);
        return user is not null && result is not PasswordVerificationResult.Failed;
    }
}
