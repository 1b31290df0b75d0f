using System.Net;
using System.Security.Cryptography;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

/// <summary>How the dashboard is reached, who may log in, and who is alerted. By default: from this machine, everybody
/// on it, and nobody.</summary>
public sealed record ServeSettings
{
    /// <summary>Require a login on this machine's own address too.</summary>
    public bool LoginRequired { get; init; }

    /// <summary>No login for anybody on this machine, as long as there are no users.</summary>
    public bool LoginPublic { get; init; }

    public TlsFiles? Tls { get; init; }

    /// <summary>A reverse proxy terminates TLS and reports the caller in X-Forwarded-For and
    /// X-Forwarded-Proto.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>The address people use; no other name is answered, and none is reflected. Null: any.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The path of that address: everything is under it. Empty, or begins with a slash.</summary>
    public string Prefix => PublicUrl?.AbsolutePath.TrimEnd('/') ?? "";

    /// <summary>Addresses whose X-Forwarded headers are trusted, as well as this machine's own.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public OidcSettings? Oidc { get; init; }

    /// <summary>Seals what the database keeps of cookies and second factors. By default one of this process's own,
    /// which ends with it.</summary>
    public Secret Key { get; init; } = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>A login lasts so long, whatever happens.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A login ends if no page was open for this long; somebody who only watched for this long logs in again
    /// before they act.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Somebody chose the key.</summary>
    public bool KeyGiven { get; init; }

    /// <summary>An emergency that nobody acknowledged for this long is escalated.</summary>
    public TimeSpan EscalateAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>When somebody is on the way, escalation stops; it resumes if the call is not resolved by
    /// then.</summary>
    public TimeSpan ResolveWithin { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The possible outcomes of a call, in the museum's own words.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = UsualOutcomes;

    private static readonly string[] UsualOutcomes =
    [
        "First aid",
        "Lost child",
        "Directions or a question",
        "Something broken",
        "Pressed by mistake",
        "Nobody there",
        "Other",
    ];

    public WebhookSettings? Webhook { get; init; }

    /// <summary>Where notices can go.</summary>
    public NoticeSettings Notices { get; init; } = new();

    public IEnumerable<Secret> Secrets
    {
        get
        {
            yield return Key;
            if (Oidc?.ClientSecret is { } client)
                yield return client;
            if (Webhook is { } webhook)
                yield return webhook.Secret;
            foreach (var secret in Notices.Secrets)
                yield return secret;
        }
    }
}

/// <summary>PEM files: the certificate with its chain, and its key.</summary>
public sealed record TlsFiles(string Certificate, string Key);

/// <param name="RoleClaim">The claim of the ID token that lists viewer, security or operator.</param>
public sealed record OidcSettings(Uri Authority, string ClientId, Secret? ClientSecret, string RoleClaim)
{
    /// <summary>The claim that lists the codes of the museums somebody may see; null: everybody sees all.</summary>
    public string? MuseumClaim { get; init; }
}

/// <summary>Who is alerted to an emergency that nobody acknowledged.</summary>
public sealed record WebhookSettings(Uri Address, Secret Secret);

/// <summary>Where notices can go. Whoever is to be told is in the database; where channels lead, and their secrets, is
/// here.</summary>
public sealed record NoticeSettings
{
    public MailSettings? Mail { get; init; }

    /// <summary>An incoming webhook: whoever knows it can write there.</summary>
    public Secret? Slack { get; init; }

    /// <summary>A workflow's address: whoever knows it can write there.</summary>
    public Secret? Teams { get; init; }

    /// <summary>The integration key of a service.</summary>
    public Secret? PagerDuty { get; init; }

    public Uri PagerDutyAddress { get; init; } = new("https://events.pagerduty.com/v2/enqueue");

    public IEnumerable<Secret> Secrets => new[] { Mail?.Password, Slack, Teams, PagerDuty }.OfType<Secret>();
}

/// <param name="Server">smtps://host:465 is encrypted from the start, smtp://host:587 by STARTTLS; on this machine it
/// need not be.</param>
/// <param name="From">Whom letters are from.</param>
public sealed record MailSettings(Uri Server, string From, string? Username, Secret? Password);
