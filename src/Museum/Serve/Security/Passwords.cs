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

    /// <summary>A hash takes a processor for a tenth of a second: half of the processors at most, so that pages and actions
    /// have the rest.</summary>
    private static readonly SemaphoreSlim Turn = new(Math.Max(1, Environment.ProcessorCount / 2));

    public static string Hash(string password) => Hasher.HashPassword(Nobody, password);

    /// <summary>The same, queued.</summary>
    public static async Task<bool> FitsAsync(DashboardUser? user, string password, CancellationToken cancel)
    {
        await Turn.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => Fits(user, password), cancel);
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Takes as long for an unknown name as for a known one, so that names cannot be probed.</summary>
    public static bool Fits(DashboardUser? user, string password)
    {
        var result = Hasher.VerifyHashedPassword(user ?? Nobody, user?.PasswordHash ?? NobodysHash.Value, password);
        return user is not null && result is not PasswordVerificationResult.Failed;
    }
}
