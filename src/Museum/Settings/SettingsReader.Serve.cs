using System.Net;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

internal sealed partial class SettingsReader
{
    private const int ShortestSecret = 32;
    private const int MostOutcomes = 20,
        LongestOutcome = 60;

    private ServeSettings Serve()
    {
        var usual = new ServeSettings();
        var login = Choice("MUSEUM_LOGIN", ["required", "public"]);
        var key = LongSecret("MUSEUM_KEY");
        return new()
        {
            Key = key ?? usual.Key,
            KeyGiven = key is not null,
            Session = TimeSpan.FromHours(Whole("MUSEUM_SESSION_HOURS", 1, 168) ?? 12),
            Idle = TimeSpan.FromMinutes(Whole("MUSEUM_SESSION_IDLE_MINUTES", 1, 1440) ?? 30),
            LoginRequired = login == "required",
            LoginPublic = login == "public",
            Tls = Tls(),
            BehindProxy = Flag("MUSEUM_BEHIND_PROXY") ?? false,
            TrustedProxies = Proxies(),
            Oidc = Oidc(),
            EscalateAfter = TimeSpan.FromMinutes(Whole("MUSEUM_ESCALATE_MINUTES", 1, 1440) ?? 5),
            ResolveWithin = TimeSpan.FromMinutes(Whole("MUSEUM_RESOLVE_MINUTES", 1, 1440) ?? 30),
            Outcomes = ReadOutcomes() ?? usual.Outcomes,
            Webhook = Webhook(),
            Notices = Notices(),
        };
    }

    /// <summary>Nobody may guess it by trying.</summary>
    private Secret? LongSecret(string key)
    {
        var secret = Hidden(key);
        if (secret is null || secret.Reveal().Length >= ShortestSecret)
            return secret;
        Fault(
            key,
            $"{key} is too short: expected {ShortestSecret} characters or more, as made by: openssl rand -hex 32"
        );
        return null;
    }

    private TlsFiles? Tls()
    {
        var certificate = PemFile("MUSEUM_TLS_CERTIFICATE");
        var key = PemFile("MUSEUM_TLS_KEY");
        Together("MUSEUM_TLS_CERTIFICATE", "MUSEUM_TLS_KEY");
        return certificate is null || key is null ? null : new TlsFiles(certificate, key);
    }

    private string? PemFile(string key)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        var path = Path.GetFullPath(found.Value, _layers.WorkingDirectory);
        return File.Exists(path) ? path : Wrong<string>(found, "an existing PEM file");
    }

    private List<IPNetwork> Proxies()
    {
        List<IPNetwork> networks = [];
        if (_layers.Find("MUSEUM_TRUSTED_PROXIES") is not { } found)
            return networks;
        foreach (
            var text in found.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else
                Wrong<string>(
                    found with
                    {
                        Value = text,
                    },
                    "addresses such as 10.0.0.5 or networks such as 10.0.0.0/24, comma separated"
                );
        }

        return networks;
    }

    private List<string>? ReadOutcomes()
    {
        if (_layers.Find("MUSEUM_OUTCOMES") is not { } found)
            return null;
        List<string> outcomes =
        [
            .. found
                .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        return
            outcomes.Count is > 0 and <= MostOutcomes
            && outcomes.TrueForAll(outcome => outcome.Length <= LongestOutcome)
            ? outcomes
            : Wrong<List<string>>(
                found,
                $"1 to {MostOutcomes} outcomes of at most {LongestOutcome} characters, comma separated"
            );
    }

    private OidcSettings? Oidc()
    {
        var secret = Hidden("MUSEUM_OIDC_CLIENT_SECRET");
        Together("MUSEUM_OIDC_AUTHORITY", "MUSEUM_OIDC_CLIENT_ID");
        RefuseReveal("MUSEUM_OIDC_AUTHORITY", "to the provider's token endpoint", "MUSEUM_OIDC_CLIENT_SECRET");
        if (_layers.Find("MUSEUM_OIDC_AUTHORITY") is not { } found || Text("MUSEUM_OIDC_CLIENT_ID") is not { } client)
            return null;
        return SafeAddress(found) is { } authority
            ? new OidcSettings(authority, client, secret, Text("MUSEUM_OIDC_ROLE_CLAIM") ?? "roles")
            {
                MuseumClaim = Text("MUSEUM_OIDC_MUSEUM_CLAIM"),
            }
            : null;
    }

    private WebhookSettings? Webhook()
    {
        var secret = Hidden("MUSEUM_WEBHOOK_SECRET");
        if (_layers.Find("MUSEUM_WEBHOOK") is not { } found)
            return null;
        if (secret is null || secret.Reveal().Length < ShortestSecret)
        {
            Fault(
                "MUSEUM_WEBHOOK_SECRET",
                $"MUSEUM_WEBHOOK_SECRET {(secret is null ? "is not set" : "is too short")}: MUSEUM_WEBHOOK needs "
                    + $"a secret of {ShortestSecret} characters or more, as made by: openssl rand -hex 32"
            );
            return null;
        }

        if (SafeAddress(found) is not { } address)
            return null;
        var hosts = (Text("MUSEUM_WEBHOOK_HOSTS") ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (hosts.Contains(address.IdnHost, StringComparer.OrdinalIgnoreCase))
            return new WebhookSettings(address, secret);
        Fault(
            "MUSEUM_WEBHOOK",
            $"MUSEUM_WEBHOOK ({found.Origin}): its host {address.IdnHost} is not one of MUSEUM_WEBHOOK_HOSTS: "
                + $"list every host that may be called there, comma separated"
        );
        return null;
    }

    private NoticeSettings Notices() =>
        new()
        {
            Mail = Mail(),
            Slack = SecretAddress("MUSEUM_SLACK"),
            Teams = SecretAddress("MUSEUM_TEAMS"),
            PagerDuty = Hidden("MUSEUM_PAGERDUTY"),
            PagerDutyAddress =
                _layers.Find("MUSEUM_PAGERDUTY_URL") is { } found && SafeAddress(found) is { } address
                    ? address
                    : new NoticeSettings().PagerDutyAddress,
        };

    private MailSettings? Mail()
    {
        var password = Hidden("MUSEUM_SMTP_PASSWORD");
        var username = Text("MUSEUM_SMTP_USERNAME");
        Together("MUSEUM_SMTP", "MUSEUM_MAIL_FROM");
        if (_layers.Find("MUSEUM_SMTP") is not { } found || Text("MUSEUM_MAIL_FROM") is not { } from)
            return null;
        if (
            !Uri.TryCreate(found.Value, UriKind.Absolute, out var server)
            || server.Scheme is not ("smtp" or "smtps")
            || server.Host.Length == 0
            || server.UserInfo.Length > 0
        )
            return Wrong<MailSettings>(found, "smtps://HOST:465 or smtp://HOST:587, without a user name in it");
        return new MailSettings(server, from, username, password);
    }

    /// <summary>An address that is a secret as a whole: it is named in no message.</summary>
    private Secret? SecretAddress(string key)
    {
        if (Hidden(key) is not { } secret)
            return null;
        if (
            Uri.TryCreate(secret.Reveal(), UriKind.Absolute, out var address)
            && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))
        )
            return secret;
        Fault(key, $"{key} ({Origin(key)}): expected an https address, as the service gives it");
        return null;
    }

    /// <summary>Encrypted, or on this machine only; and without a password in it, which would appear in logs.</summary>
    private Uri? SafeAddress(SettingValue found)
    {
        if (!Uri.TryCreate(found.Value, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Wrong<Uri>(found, "an address such as https://login.example.org");
        if (address.UserInfo.Length > 0)
        {
            Fault(found.Key, $"{found.Key} ({found.Origin}): holds a user name or password, which must not be there");
            return null;
        }

        return address.Scheme == "https" || address.IsLoopback
            ? address
            : Wrong<Uri>(found, "https: plain http may not leave this machine");
    }

    private void Together(string one, string other)
    {
        var (missing, there) = _layers.Find(one) is null ? (one, other) : (other, one);
        if (_layers.Find(missing) is null && _layers.Find(there) is { } found)
            Fault(missing, $"{missing} is not set, and {there} ({found.Origin}) needs it: set both, or neither");
    }
}
