using System.Security.Cryptography;
using System.Text;

namespace MuseumPipeline.Serve.Security.Local;

/// <summary>An address that lets one browser in, once: for a dashboard without users, on a machine with several
/// users.</summary>
internal sealed class OneTimeAddress
{
    public const string Route = "/login/once";

    private string? token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string Path => $"{Route}?token={token}";

    /// <summary>True for the first caller only.</summary>
    public bool Take(string? given)
    {
        var mine = token;
        return mine is not null
            && given is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(mine))
            && ReferenceEquals(Interlocked.CompareExchange(ref token, null, mine), mine);
    }
}
