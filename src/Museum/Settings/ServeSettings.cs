using System.Net;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

/// <summary>How the dashboard is reached and by whom, and whom it tells. By default: by this machine, by everybody on
/// it, and nobody.</summary>
public sealed record ServeSettings
{
    /// <summary>A login on this machine's own address too.</summary>
    public bool LoginRequired { get; init; }

    public TlsFiles? Tls { get; init; }

    /// <summary>A reverse proxy ends TLS and says in X-Forwarded-For and X-Forwarded-Proto who called and
    /// how.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Whose X-Forwarded headers are believed, beside this machine's own.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public OidcSettings? Oidc { get; init; }

    /// <summary>An emergency nobody acknowledged for so long is escalated.</summary>
    public TimeSpan EscalateAfter { get; init; } = TimeSpan.FromMinutes(5);

    public WebhookSettings? Webhook { get; init; }

    public IEnumerable<Secret> Secrets
    {
        get
        {
            if (Oidc?.ClientSecret is { } client)
                yield return client;
            if (Webhook is { } webhook)
                yield return webhook.Secret;
        }
    }
}

/// <summary>PEM files: the certificate with its chain, and its key.</summary>
public sealed record TlsFiles(string Certificate, string Key);

/// <param name="RoleClaim">The claim of the ID token that lists viewer, security or operator.</param>
public sealed record OidcSettings(Uri Authority, string ClientId, Secret? ClientSecret, string RoleClaim);

/// <summary>Who is told of an emergency nobody acknowledged.</summary>
public sealed record WebhookSettings(Uri Address, Secret Secret);
