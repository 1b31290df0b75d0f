using System.Net;

namespace MuseumPipeline.Settings.Reading;

/// <summary>Reads how the dashboard is served, who may see it, and whom it tells.</summary>
internal sealed class ServeReader(SettingValues values)
{
    private const int MostOutcomes = 20,
        LongestOutcome = 60;

    public ServeSettings Read()
    {
        var usual = new ServeSettings();
        var login = values.Choice("MUSEUM_LOGIN", ["required", "public"]);
        var key = values.LongSecret("MUSEUM_KEY");
        return new()
        {
            Key = key ?? usual.Key,
            KeyGiven = key is not null,
            Session = TimeSpan.FromHours(values.Whole("MUSEUM_SESSION_HOURS", 1, 168) ?? 12),
            Idle = TimeSpan.FromMinutes(values.Whole("MUSEUM_SESSION_IDLE_MINUTES", 1, 1440) ?? 30),
            LoginRequired = login == "required",
            LoginPublic = login == "public",
            Tls = Tls(),
            BehindProxy = values.Flag("MUSEUM_BEHIND_PROXY") ?? false,
            PublicUrl = PublicUrl(),
            TrustedProxies = Proxies(),
            Oidc = Oidc(),
            EscalateAfter = TimeSpan.FromMinutes(values.Whole("MUSEUM_ESCALATE_MINUTES", 1, 1440) ?? 5),
            ResolveWithin = TimeSpan.FromMinutes(values.Whole("MUSEUM_RESOLVE_MINUTES", 1, 1440) ?? 30),
            Outcomes = ReadOutcomes() ?? usual.Outcomes,
            Webhook = Webhook(),
            Notices = Notices(),
        };
    }

    private Uri? PublicUrl()
    {
        if (values.Layers.Find("MUSEUM_PUBLIC_URL") is { } found)
        {
            if (PublicAddresses.Parse(found.Value) is not { } address)
                return values.Wrong<Uri>(found, PublicAddresses.Expected);
            return PublicAddresses.IsOwn(address)
                ? values.Wrong<Uri>(found, "a path that is none of the dashboard's own, such as /museum")
                : address;
        }

        if (values.Flag("MUSEUM_BEHIND_PROXY") is true)
            values.Warn(
                "MUSEUM_BEHIND_PROXY without MUSEUM_PUBLIC_URL answers to any name in the address bar: set "
                    + "MUSEUM_PUBLIC_URL=https://… to the one people use"
            );
        return null;
    }

    private TlsFiles? Tls()
    {
        var certificate = values.ExistingFile("MUSEUM_TLS_CERTIFICATE", "an existing PEM file");
        var key = values.ExistingFile("MUSEUM_TLS_KEY", "an existing PEM file");
        values.Together("MUSEUM_TLS_CERTIFICATE", "MUSEUM_TLS_KEY");
        return certificate is null || key is null ? null : new TlsFiles(certificate, key);
    }

    private List<IPNetwork> Proxies()
    {
        List<IPNetwork> networks = [];
        if (values.Layers.Find("MUSEUM_TRUSTED_PROXIES") is not { } found)
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
                values.Wrong<string>(
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
        if (values.Layers.Find("MUSEUM_OUTCOMES") is not { } found)
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
            : values.Wrong<List<string>>(
                found,
                $"1 to {MostOutcomes} outcomes of at most {LongestOutcome} characters, comma separated"
            );
    }

    private OidcSettings? Oidc()
    {
        var secret = values.Hidden("MUSEUM_OIDC_CLIENT_SECRET");
        values.Together("MUSEUM_OIDC_AUTHORITY", "MUSEUM_OIDC_CLIENT_ID");
        values.RefuseReveal("MUSEUM_OIDC_AUTHORITY", "to the provider's token endpoint", "MUSEUM_OIDC_CLIENT_SECRET");
        if (
            values.Layers.Find("MUSEUM_OIDC_AUTHORITY") is not { } found
            || values.Text("MUSEUM_OIDC_CLIENT_ID") is not { } client
        )
            return null;
        return values.SafeAddress(found) is { } authority
            ? new OidcSettings(authority, client, secret, values.Text("MUSEUM_OIDC_ROLE_CLAIM") ?? "roles")
            {
                MuseumClaim = values.Text("MUSEUM_OIDC_MUSEUM_CLAIM"),
            }
            : null;
    }

    private WebhookSettings? Webhook()
    {
        var secret = values.Hidden("MUSEUM_WEBHOOK_SECRET");
        if (values.Layers.Find("MUSEUM_WEBHOOK") is not { } found)
            return null;
        if (secret is null || secret.Reveal().Length < SettingValues.ShortestSecret)
        {
            values.Fault(
                "MUSEUM_WEBHOOK_SECRET",
                $"MUSEUM_WEBHOOK_SECRET {(secret is null ? "is not set" : "is too short")}: MUSEUM_WEBHOOK needs "
                    + $"a secret of {SettingValues.ShortestSecret} characters or more, as made by: openssl rand -hex 32"
            );
            return null;
        }

        if (values.SafeAddress(found) is not { } address)
            return null;
        var hosts = (values.Text("MUSEUM_WEBHOOK_HOSTS") ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (hosts.Contains(address.IdnHost, StringComparer.OrdinalIgnoreCase))
            return new WebhookSettings(address, secret);
        values.Fault(
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
            Slack = values.SecretAddress("MUSEUM_SLACK"),
            Teams = values.SecretAddress("MUSEUM_TEAMS"),
            PagerDuty = values.Hidden("MUSEUM_PAGERDUTY"),
            PagerDutyAddress =
                values.Layers.Find("MUSEUM_PAGERDUTY_URL") is { } found && values.SafeAddress(found) is { } address
                    ? address
                    : new NoticeSettings().PagerDutyAddress,
        };

    private MailSettings? Mail()
    {
        var password = values.Hidden("MUSEUM_SMTP_PASSWORD");
        var username = values.Text("MUSEUM_SMTP_USERNAME");
        values.Together("MUSEUM_SMTP", "MUSEUM_MAIL_FROM");
        if (values.Layers.Find("MUSEUM_SMTP") is not { } found || values.Text("MUSEUM_MAIL_FROM") is not { } from)
            return null;
        if (
            !Uri.TryCreate(found.Value, UriKind.Absolute, out var server)
            || server.Scheme is not ("smtp" or "smtps")
            || server.Host.Length == 0
            || server.UserInfo.Length > 0
        )
            return values.Wrong<MailSettings>(found, "smtps://HOST:465 or smtp://HOST:587, without a user name in it");
        return new MailSettings(server, from, username, password);
    }
}
