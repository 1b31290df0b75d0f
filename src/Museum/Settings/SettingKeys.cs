using System.Globalization;

namespace MuseumPipeline.Settings;

/// <summary>One setting, as shown to people.</summary>
/// <param name="Key">In the environment and in <c>.env</c>.</param>
/// <param name="Meaning">One line.</param>
/// <param name="Default">As it would be written; null if there is none.</param>
/// <param name="Range">What may be written, with the unit.</param>
/// <param name="Secret">Never shown; KEY_FILE names a file that holds it.</param>
internal sealed record SettingKey(
    string Key,
    string Meaning,
    string? Default = null,
    string? Range = null,
    bool Secret = false
);

/// <summary>Every setting, listed once; <c>.env.example</c> is compared with this list by a test.</summary>
internal static class SettingKeys
{
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        new("MUSEUM_BUCKET", "what is loaded: an S3 bucket's name, s3://NAME/PREFIX, or a directory"),
        new(
            "AWS_ACCESS_KEY_ID",
            "S3: the key's id; without it the AWS SDK finds credentials itself (profile, SSO, role)",
            Secret: true
        ),
        new("AWS_SECRET_ACCESS_KEY", "S3: the secret that belongs to the key's id", Secret: true),
        new("AWS_SESSION_TOKEN", "S3: the token of temporary keys", Secret: true),
        new("AWS_REGION", "S3: the region of the bucket (AWS_DEFAULT_REGION is understood too)", "us-east-1"),
        new(
            "AWS_ENDPOINT_URL_S3",
            "S3: a server other than Amazon's (AWS_ENDPOINT_URL is understood too)",
            null,
            "https://… (http://… on this machine)"
        ),
        new(
            "MUSEUM_S3_PATH_STYLE",
            "S3: the bucket's name in the path, as most other servers require",
            "true with an endpoint, else false",
            "true, false"
        ),
        new(
            "MUSEUM_S3_ALLOW_HTTP",
            "S3: plain http to an endpoint on another machine, where the network is trusted",
            "false",
            "true, false"
        ),
        new("BOOTSTRAP_SERVERS", "Kafka: the brokers", null, "host:port, comma separated"),
        new(
            "SECURITY_PROTOCOL",
            "Kafka: encryption and login of the brokers' listener",
            "PLAINTEXT",
            "PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"
        ),
        new(
            "SASL_MECHANISM",
            "Kafka: how to log in; needed with the SASL protocols",
            null,
            "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, AWS_MSK_IAM"
        ),
        new(
            "USERNAME",
            "Kafka: the user; from the environment, where every system sets a USERNAME of its own, only with PASSWORD "
                + "and SASL_MECHANISM beside it and neither in the file (KAFKA_SASL_USERNAME works anywhere)"
        ),
        new(
            "PASSWORD",
            "Kafka: the user's password; from the environment as USERNAME is (KAFKA_SASL_PASSWORD works anywhere)",
            Secret: true
        ),
        new(
            "TOPIC",
            "Kafka: the museums' topics to read, comma separated; where there is one museum only, its topic",
            "every museum's topic"
        ),
        new("GROUP", "Kafka: the consumer group; positions live in the database, with the rows", "museum-pipeline"),
        new(
            "AUTO_OFFSET",
            "Kafka: where a topic begins that was never consumed; --start wins",
            "earliest",
            "earliest, latest, group, or a time such as 2026-11-24T08:45:00Z"
        ),
        new(
            "MUSEUM_STATIC_MEMBER",
            "Kafka: this process's own name in the group, so that a quick restart moves no partition "
                + "(group.instance.id)"
        ),
        new(
            "MUSEUM_TARGET",
            "which database is used",
            "aws if a DATABASE_ key is set, else local if a LOCAL_ key is, else embedded",
            "embedded, local, aws"
        ),
        new("MUSEUM_DATABASE", "embedded: the database's file", "museum.db"),
        new(
            "MUSEUM_FILE_MODE",
            "who may use the files that are made here (database, logs): this user, or a group too",
            "0600",
            "0600, 0640, 0660"
        ),
        new(
            "MUSEUM_RETAIN_EVENTS",
            "museum db retain: presses stay in the tables for this many months, and their hourly counts for ever",
            "everything is kept",
            "1 to 1200"
        ),
        new(
            "MUSEUM_RETAIN_QUARANTINE",
            "museum db retain: quarantined records stay for this many months",
            "everything is kept",
            "1 to 1200"
        ),
        new(
            "MUSEUM_RETAIN_AUDIT",
            "museum db retain, audit retire: the audit is kept for this many months",
            "everything is kept",
            "1 to 1200"
        ),
        new(
            "MUSEUM_RETAIN_NOTES",
            "museum db retain, audit retire: notes to calls for help are kept for this many months",
            "everything is kept",
            "1 to 1200"
        ),
        new("LOCAL_DB", "local: the database's name"),
        new("LOCAL_HOST", "local: the server's name, address or socket directory", "localhost"),
        new("LOCAL_PORT", "local: the server's port", "5432", "1 to 65535"),
        new("LOCAL_USERNAME", "local: the user (PGUSER is understood too)", "the user of this machine"),
        new("LOCAL_PASSWORD", "local: the user's password (PGPASSWORD is understood too)", Secret: true),
        new(
            "LOCAL_SSL_MODE",
            "local: how the connection is encrypted and the server proved",
            "verify-full, or prefer on this machine",
            "disable, prefer, require, verify-ca, verify-full"
        ),
        new("LOCAL_CA", "local: file of root certificates for verify-ca and verify-full"),
        new("DATABASE_NAME", "aws: the database's name"),
        new("DATABASE_USERNAME", "aws: the user"),
        new("DATABASE_PASSWORD", "aws: the user's password", Secret: true),
        new(
            "DATABASE_AUTH",
            "aws: how the user logs in: with the password, or with tokens signed by the AWS role (IAM)",
            "password",
            "password, iam"
        ),
        new(
            "DATABASE_IP",
            "aws: the server's name; with verify-full it must be the name in its certificate (….rds.amazonaws.com)"
        ),
        new("DATABASE_PORT", "aws: the server's port", "5432", "1 to 65535"),
        new(
            "DATABASE_SSL_MODE",
            "aws: how the connection is encrypted and the server verified",
            "verify-full",
            "disable, require, verify-ca, verify-full"
        ),
        new(
            "DATABASE_CA",
            "aws: file of root certificates; RDS needs Amazon's bundle (global-bundle.pem), which no system has"
        ),
        new(
            "MUSEUM_SCHEMA",
            "local, aws: the schema of this program's tables",
            "public; museum where db import made it there",
            "a word of small letters"
        ),
        new("IMPORT_PASSWORD", "db import: the password of the database that --from names", Secret: true),
        new("MUSEUM_OPENING_HOURS", "refuse history from outside the opening hours", "false", "true, false"),
        new(
            "MUSEUM_FUTURE_MINUTES",
            "how far ahead of this machine's clock a press may be, in minutes",
            "5",
            "0 to 1440"
        ),
        new(
            "MUSEUM_PAST",
            "earlier presses are refused: clocks that lose their battery start again at 1970 or 2000",
            "2010-01-01T00:00:00Z",
            "a day or an instant, from the year 2 on"
        ),
        new(
            "MUSEUM_CLOCK_MINUTES",
            "a call for help whose time is this many minutes from its arrival comes from a kiosk with a wrong clock",
            "10",
            "1 to 1440"
        ),
        new(
            "MUSEUM_STREAM_LOCAL_TIME",
            "times on the stream without an offset are in the museum's zone instead of being refused",
            "false",
            "true, false"
        ),
        new(
            "MUSEUM_BREAKER_SHARE",
            "stop a load when this share of its records is refused",
            BreakerLimits.Default.Share.ToString(CultureInfo.InvariantCulture),
            "above 0, to 1"
        ),
        new(
            "MUSEUM_BREAKER_LEAST",
            "…but not before this many records were read",
            BreakerLimits.Default.Least.ToString(CultureInfo.InvariantCulture),
            "1 to 1000000000"
        ),
        new(
            "MUSEUM_SLICE_ROWS",
            "rows in one transaction; a larger object is loaded in resumable slices",
            "262144, up to 16 times as many where rows are in no order of time",
            "1000 to 10000000"
        ),
        new("MUSEUM_WORKERS", "objects loaded in parallel", "what the database can use", "1 to 64"),
        new(
            "MUSEUM_SPOOL",
            "directory for large objects read from S3; it must have room for a few of them",
            "the system's temporary directory"
        ),
        new("MUSEUM_SUMMARY_SECONDS", "seconds between two summary lines of a consumer", "10", "1 to 86400"),
        new(
            "MUSEUM_HEALTH",
            "where a consumer or the dashboard answers GET /health, /live and /metrics (Prometheus) over HTTP; a "
                + "port alone is for this machine only",
            null,
            "address:port, port"
        ),
        new(
            "MUSEUM_LISTEN",
            "where the dashboard is served; a port alone is for this machine only",
            "127.0.0.1:8080",
            "address:port, port"
        ),
        new(
            "MUSEUM_LOGIN",
            "dashboard without users: required refuses to start, public lets everybody on this machine in",
            "only the user who runs it, and the one-time address",
            "required, public"
        ),
        new(
            "MUSEUM_NEW_PASSWORD",
            "dashboard: what museum users add and password give somebody, where nobody can type it",
            Secret: true
        ),
        new("MUSEUM_TLS_CERTIFICATE", "dashboard: PEM file of the certificate and its chain"),
        new("MUSEUM_TLS_KEY", "dashboard: PEM file of the certificate's key"),
        new(
            "MUSEUM_BEHIND_PROXY",
            "dashboard: a reverse proxy terminates TLS and sends X-Forwarded-For and X-Forwarded-Proto",
            "false",
            "true, false"
        ),
        new(
            "MUSEUM_PUBLIC_URL",
            "dashboard: the address people use, behind a proxy; no other name is answered. A path in it is where the "
                + "proxy serves it",
            null,
            "https://HOST, https://HOST/PATH"
        ),
        new(
            "MUSEUM_TRUSTED_PROXIES",
            "dashboard: addresses whose X-Forwarded headers are trusted, as well as this machine's",
            null,
            "addresses and networks, comma separated"
        ),
        new(
            "MUSEUM_OIDC_AUTHORITY",
            "dashboard: the OpenID Connect provider that logs people in",
            null,
            "https://… (http://… on this machine)"
        ),
        new("MUSEUM_OIDC_CLIENT_ID", "dashboard: the provider's name for this dashboard"),
        new("MUSEUM_OIDC_CLIENT_SECRET", "dashboard: the provider's secret for this dashboard", Secret: true),
        new(
            "MUSEUM_OIDC_ROLE_CLAIM",
            "dashboard: the claim of the ID token that lists viewer, security or operator",
            "roles"
        ),
        new(
            "MUSEUM_OIDC_MUSEUM_CLAIM",
            "dashboard: the claim of the ID token that lists the museums somebody may see",
            null,
            "unset: everybody sees all, as operators always do"
        ),
        new(
            "MUSEUM_KEY",
            "dashboard: seals the keys of cookies and the second factors in the database; the same for all dashboards "
                + "of a database",
            "a file of the user's own",
            "32 characters or more",
            Secret: true
        ),
        new("MUSEUM_SESSION_HOURS", "dashboard: a login lasts at most this many hours", "12", "1 to 168"),
        new(
            "MUSEUM_SESSION_IDLE_MINUTES",
            "dashboard: a login ends after this many minutes without an open page; who only watched for as long logs "
                + "in again before they act",
            "30",
            "1 to 1440"
        ),
        new(
            "MUSEUM_ESCALATE_MINUTES",
            "an emergency that nobody acknowledged is escalated after this many minutes",
            "5",
            "1 to 1440"
        ),
        new(
            "MUSEUM_RESOLVE_MINUTES",
            "an emergency that was acknowledged but not resolved is escalated after this many minutes",
            "30",
            "1 to 1440"
        ),
        new(
            "MUSEUM_OUTCOMES",
            "possible outcomes of a call for help, in the museum's own words",
            null,
            "words, comma separated"
        ),
        new(
            "MUSEUM_WEBHOOK",
            "the address to call when an emergency is escalated",
            null,
            "https://… (http://… on this machine)"
        ),
        new("MUSEUM_WEBHOOK_HOSTS", "the hosts MUSEUM_WEBHOOK may name", null, "names and addresses, comma separated"),
        new(
            "MUSEUM_WEBHOOK_SECRET",
            "the secret that signs calls of the webhook",
            null,
            "32 characters or more",
            Secret: true
        ),
        new("MUSEUM_SMTP", "the mail server of notices", null, "smtps://HOST:465, smtp://HOST:587"),
        new("MUSEUM_MAIL_FROM", "whom e-mails are from", null, "an e-mail address"),
        new("MUSEUM_SMTP_USERNAME", "the mail server's user name"),
        new("MUSEUM_SMTP_PASSWORD", "the mail server's password", Secret: true),
        new("MUSEUM_SLACK", "the address of Slack's incoming webhook", null, "https://…", Secret: true),
        new("MUSEUM_TEAMS", "the address of a Teams workflow", null, "https://…", Secret: true),
        new("MUSEUM_PAGERDUTY", "the integration key of a PagerDuty service", Secret: true),
        new(
            "MUSEUM_PAGERDUTY_URL",
            "PagerDuty's events API, where it is not the usual one",
            "https://events.pagerduty.com/v2/enqueue",
            "https://… (http://… on this machine)"
        ),
        new(
            "MUSEUM_TARGET_MEAN",
            "the target for an exhibition's mean rating; up to a quarter below counts as near",
            "2.5",
            "above 0, below the best button (4)"
        ),
        new("MUSEUM_LOG", "where the log goes", "console", "console, file"),
        new(
            "MUSEUM_LOG_LEVEL",
            "the least important events that are logged",
            "warning on the console, information in a file and as JSON",
            "debug, information, warning, error"
        ),
        new(
            "MUSEUM_LOG_FORMAT",
            "lines for people, or one JSON object a line, measurements included",
            "text",
            "text, json"
        ),
        new(
            "MUSEUM_QUIET_KEYS",
            "names that look like misspelt settings but are not: no warning about them",
            null,
            "names, comma separated"
        ),
        new("MUSEUM_LOG_FILE", "the rolling log file", "logs/museum.log"),
    ];

    /// <summary>The Kafka login under names that every system uses for other things.</summary>
    /// <seealso cref="SettingLayers.FindLogin"/>
    public static IReadOnlyList<string> Login { get; } = ["USERNAME", "PASSWORD"];

    /// <summary>Variables of other programs, and the setting of ours that each stands for where that is not
    /// set.</summary>
    public static IReadOnlyDictionary<string, string> Fallbacks { get; } =
        new Dictionary<string, string>
        {
            ["AWS_DEFAULT_REGION"] = "AWS_REGION",
            ["AWS_ENDPOINT_URL"] = "AWS_ENDPOINT_URL_S3",
            ["PGUSER"] = "LOCAL_USERNAME",
            ["PGPASSWORD"] = "LOCAL_PASSWORD",
        };

    /// <summary>The original's names for its two PostgreSQL targets differ: LOCAL_DB and DATABASE_NAME, LOCAL_HOST and
    /// DATABASE_IP.</summary>
    public static string OfTarget(string target, string part) =>
        (target, part) switch
        {
            (DatabaseSettings.Import, "PASSWORD") => "IMPORT_PASSWORD",
            (DatabaseSettings.Import, _) => "--from",
            (DatabaseSettings.Local, "NAME") => "LOCAL_DB",
            (DatabaseSettings.Local, "HOST") => "LOCAL_HOST",
            (DatabaseSettings.Local, _) => "LOCAL_" + part,
            (_, "HOST") => "DATABASE_IP",
            _ => "DATABASE_" + part,
        };

    public static SettingKey Of(string key) => All.First(s => s.Key == key);
}
