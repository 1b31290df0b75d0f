using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings.Files;
using Npgsql;

namespace MuseumPipeline.Settings;

/// <summary>A setting that a command requires; a missing one is reported together with every other fault.</summary>
[Flags]
public enum Needs
{
    Nothing = 0,
    Bucket = 1,
    Database = 2,
    Kafka = 4,

    /// <summary>The command changes the database, and first says where that is.</summary>
    Writes = 8,

    /// <summary>Uses the brokers where some are configured.</summary>
    KafkaIfSet = 16,

    /// <summary>Serves the dashboard, or looks at how it would be served.</summary>
    Serve = 32,
}

/// <summary>Reads and checks the settings once, and reports every fault in one message.</summary>
internal sealed partial class SettingsReader
{
    private readonly SettingLayers _layers;
    private readonly List<string> _faults = [];
    private readonly List<string> _keys = [];
    private readonly List<Secret> _secrets = [];
    private AwsKeys? _awsKeys;

    private SettingsReader(SettingLayers layers) => _layers = SecretFiles.Resolve(layers, _faults);

    /// <exception cref="MuseumException">Exit code <see cref="ExitCode.Configuration"/>; the message lists every
    /// fault.</exception>
    public static MuseumSettings Read(SettingLayers layers, Needs needs)
    {
        var reader = new SettingsReader(layers);
        var settings = reader.Build(needs);
        if (reader._faults.Count == 0)
            return settings;
        var many = reader._faults.Count == 1 ? "1 fault" : $"{reader._faults.Count} faults";
        var message = $"the configuration has {many}:{string.Concat(reader._faults.Select(f => "\n  " + f))}";
        throw new MuseumException(
            ExitCode.Configuration,
            new Explanation(new Redactor(reader._secrets).Redact(message), [.. reader._keys.Distinct()])
        );
    }

    private MuseumSettings Build(Needs needs)
    {
        var bucket = Text("MUSEUM_BUCKET");
        if (bucket is null && needs.HasFlag(Needs.Bucket))
            Fault("MUSEUM_BUCKET", "MUSEUM_BUCKET is not set: name the bucket or directory there or with -b");
        var plainHttp = Flag("MUSEUM_S3_ALLOW_HTTP") ?? false;
        var endpoint = Endpoint(plainHttp);
        var keys = _awsKeys = Keys();
        var target = Target();
        var databases = Databases(target, needs.HasFlag(Needs.Database));
        return new MuseumSettings
        {
            Bucket = bucket,
            Keys = keys,
            Region = Text("AWS_REGION", "AWS_DEFAULT_REGION"),
            Endpoint = endpoint,
            AllowPlainHttp = plainHttp,
            PathStyle = Flag("MUSEUM_S3_PATH_STYLE") ?? endpoint is not null,
            Database = databases[0],
            Configured = databases,
            // A verb without them must neither stumble over these settings nor do what they say.
            Kafka = (needs & (Needs.Kafka | Needs.KafkaIfSet)) == 0 ? null : Kafka(needs.HasFlag(Needs.Kafka)),
            OpeningHours = Flag("MUSEUM_OPENING_HOURS") ?? false,
            FutureTolerance = TimeSpan.FromMinutes(Whole("MUSEUM_FUTURE_MINUTES", 0, 1440) ?? 5),
            Past = Past() ?? StoredInstants.FirstPress,
            ClockMinutes = Whole("MUSEUM_CLOCK_MINUTES", 1, 1440) ?? 10,
            StreamLocalTime = Flag("MUSEUM_STREAM_LOCAL_TIME") ?? false,
            Breaker = new(
                Share("MUSEUM_BREAKER_SHARE") ?? BreakerLimits.Default.Share,
                Whole("MUSEUM_BREAKER_LEAST", 1, 1_000_000_000) ?? BreakerLimits.Default.Least
            ),
            SliceRows = Whole("MUSEUM_SLICE_ROWS", 1_000, 10_000_000),
            Workers = Whole("MUSEUM_WORKERS", 1, 64),
            SpoolDirectory = Text("MUSEUM_SPOOL"),
            AutoOffset = Text("AUTO_OFFSET"),
            SummaryInterval = TimeSpan.FromSeconds(Whole("MUSEUM_SUMMARY_SECONDS", 1, 86_400) ?? 10),
            Health = Address("MUSEUM_HEALTH"),
            Listen = Address("MUSEUM_LISTEN") ?? new(IPAddress.Loopback, 8080),
            Serve = needs.HasFlag(Needs.Serve) ? Serve() : new(),
            NewPassword = Hidden("MUSEUM_NEW_PASSWORD"),
            TargetMean = TargetMean(),
            ImportPassword = Hidden("IMPORT_PASSWORD"),
            Log = Log(),
            EnvFile = _layers.FilePath,
            Origins = SettingKeys
                .All.Select(s => s.Key)
                .Where(k => Found(k) is not null)
                .ToDictionary(k => k, k => Found(k)!.Value.Origin),
        };
    }

    private string Target()
    {
        if (Choice("MUSEUM_TARGET", DatabaseSettings.Targets) is { } chosen)
            return chosen;
        return AwsConfigured ? DatabaseSettings.Aws
            : LocalConfigured ? DatabaseSettings.Local
            : DatabaseSettings.Embedded;
    }

    private bool AwsConfigured =>
        Any("DATABASE_NAME", "DATABASE_USERNAME", "DATABASE_PASSWORD", "DATABASE_IP", "DATABASE_PORT");

    private bool LocalConfigured => Any("LOCAL_DB", "LOCAL_HOST", "LOCAL_PORT");

    private bool Any(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (_layers.Find(key) is not null)
                return true;
        }
        return false;
    }

    // The chosen one first. The keys of the others are checked as well, so that a mistake shows at once.
    private List<DatabaseSettings> Databases(string target, bool needed)
    {
        List<DatabaseSettings> all = [];
        foreach (var name in DatabaseSettings.Targets.OrderByDescending(t => t == target))
        {
            var chosen = name == target;
            if (name == DatabaseSettings.Embedded && (chosen || Any("MUSEUM_DATABASE")))
                all.Add(
                    new EmbeddedSettings(
                        Path.GetFullPath(Text("MUSEUM_DATABASE") ?? "museum.db", _layers.WorkingDirectory)
                    )
                    {
                        FileMode = FileMode(),
                    }
                );
            else if (name == DatabaseSettings.Local && (chosen || LocalConfigured))
                all.Add(Local(chosen && needed));
            else if (name == DatabaseSettings.Aws && (chosen || AwsConfigured))
                all.Add(Aws(chosen && needed));
        }
        return all;
    }

    private PostgresSettings Local(bool needed) =>
        new(DatabaseSettings.Local)
        {
            Name = Required(needed, DatabaseSettings.Local, "LOCAL_DB"),
            Host = Host("LOCAL_HOST") ?? "localhost",
            Port = Whole("LOCAL_PORT", 1, 65535) ?? 5432,
            Username = Text("LOCAL_USERNAME", "PGUSER") ?? Environment.UserName,
            Password = Hidden("LOCAL_PASSWORD", "PGPASSWORD"),
            NoClearPassword = RevealsTo("LOCAL_HOST", "LOCAL_PASSWORD", "PGPASSWORD"),
            Schema = Schema(),
            SslMode =
                Ssl("LOCAL_SSL_MODE", ["disable", "prefer", "require", "verify-ca", "verify-full"]) ?? SslMode.Prefer,
            RootCertificate = ExistingFile("LOCAL_CA"),
        };

    private PostgresSettings Aws(bool needed)
    {
        var password = Hidden("DATABASE_PASSWORD");
        var iam = Choice("DATABASE_AUTH", ["password", "iam"]) == "iam";
        if (password is null && needed && !iam)
            Missing(DatabaseSettings.Aws, "DATABASE_PASSWORD");
        var settings = new PostgresSettings(DatabaseSettings.Aws)
        {
            Name = Required(needed, DatabaseSettings.Aws, "DATABASE_NAME"),
            Username = Required(needed, DatabaseSettings.Aws, "DATABASE_USERNAME"),
            Host = Host("DATABASE_IP") ?? Required(needed, DatabaseSettings.Aws, "DATABASE_IP"),
            Port = Whole("DATABASE_PORT", 1, 65535) ?? 5432,
            Password = password,
            NoClearPassword = RevealsTo("DATABASE_IP", "DATABASE_PASSWORD"),
            Schema = Schema(),
            SslMode =
                Ssl("DATABASE_SSL_MODE", ["disable", "require", "verify-ca", "verify-full"]) ?? SslMode.VerifyFull,
            RootCertificate = ExistingFile("DATABASE_CA"),
        };
        return iam ? settings with { Tokens = DatabaseTokens(settings) } : settings;
    }

    private string Required(bool needed, string target, string key)
    {
        var value = Text(key);
        if (value is null && needed)
            Missing(target, key);
        return value ?? "";
    }

    private void Missing(string target, string key) =>
        Fault(key, $"{key} is not set, and the target '{target}' needs it: {Bare(SettingKeys.Of(key).Meaning)}");

    private static string Bare(string meaning) => meaning[(meaning.IndexOf(": ", StringComparison.Ordinal) + 2)..];

    // A token from another layer than the key's id belongs to other keys: an old one in .env must not spoil fresh ones
    // in the environment.
    private AwsKeys? Keys()
    {
        var id = Hidden("AWS_ACCESS_KEY_ID");
        var secret = Hidden("AWS_SECRET_ACCESS_KEY");
        var token =
            _layers.Find("AWS_SESSION_TOKEN")?.Origin == _layers.Find("AWS_ACCESS_KEY_ID")?.Origin
                ? Hidden("AWS_SESSION_TOKEN")
                : null;
        if (id is not null && secret is not null)
            return new AwsKeys(id, secret, token);
        if (id is not null)
            Fault(
                "AWS_ACCESS_KEY_ID",
                $"AWS_ACCESS_KEY_ID is set ({Origin("AWS_ACCESS_KEY_ID")}) but AWS_SECRET_ACCESS_KEY is not: set "
                    + $"both, or neither to let the AWS SDK find credentials"
            );
        if (secret is not null)
            Fault(
                "AWS_SECRET_ACCESS_KEY",
                $"AWS_SECRET_ACCESS_KEY is set ({Origin("AWS_SECRET_ACCESS_KEY")}) but AWS_ACCESS_KEY_ID is not: "
                    + $"set both, or neither to let the AWS SDK find credentials"
            );
        return null;
    }

    private Uri? Endpoint(bool plainHttp)
    {
        if (_layers.Find("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") is not { } found)
            return null;
        if (!Uri.TryCreate(found.Value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return Wrong<Uri>(found, "an address such as https://s3.example.org");
        if (uri.UserInfo.Length > 0)
        {
            Fault(
                found.Key,
                $"{found.Key} ({found.Origin}): holds a user name or password; put keys into AWS_ACCESS_KEY_ID "
                    + $"and AWS_SECRET_ACCESS_KEY"
            );
            return null;
        }
        if (uri.Query.Length + uri.Fragment.Length > 0)
            return Wrong<Uri>(found, "an address such as https://s3.example.org, without anything after a ? or #");
        return uri.Scheme == "https" || uri.IsLoopback || plainHttp
            ? uri
            : Wrong<Uri>(
                found,
                "https, or MUSEUM_S3_ALLOW_HTTP=true where the network is trusted: plain http can be read and "
                    + "altered on the way"
            );
    }

    private LogSettings Log()
    {
        var destination =
            Choice("MUSEUM_LOG", ["console", "file"]) == "file" ? LogDestination.File : LogDestination.Console;
        var format = Choice("MUSEUM_LOG_FORMAT", ["text", "json"]) == "json" ? LogFormat.Json : LogFormat.Text;
        var level = Choice("MUSEUM_LOG_LEVEL", ["debug", "information", "warning", "error"]) switch
        {
            "debug" => LogLevel.Debug,
            "information" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => destination == LogDestination.File || format == LogFormat.Json
                ? LogLevel.Information
                : LogLevel.Warning,
        };
        return new LogSettings(
            destination,
            level,
            Path.GetFullPath(Text("MUSEUM_LOG_FILE") ?? "logs/museum.log", _layers.WorkingDirectory),
            format
        )
        {
            FileMode = FileMode(),
        };
    }

    private UnixFileMode FileMode() =>
        Choice("MUSEUM_FILE_MODE", ["0600", "0640", "0660"]) switch
        {
            "0640" => OwnFile.Usual | UnixFileMode.GroupRead,
            "0660" => OwnFile.Usual | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            _ => OwnFile.Usual,
        };

    private SslMode? Ssl(string key, string[] allowed) =>
        Choice(key, allowed) switch
        {
            "disable" => SslMode.Disable,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => null,
        };

    private SettingValue? Found(string key) =>
        SettingKeys.Login.Contains(key) ? _layers.FindLogin(key) : _layers.Find(key);

    private string? Text(params ReadOnlySpan<string> keys) => _layers.Find(keys)?.Value;

    private Secret? Hidden(params ReadOnlySpan<string> keys)
    {
        if (_layers.FindExact(keys)?.Value is not { } value)
            return null;
        var secret = new Secret(value);
        _secrets.Add(secret);
        return secret;
    }

    private string? ExistingFile(string key)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        var path = Path.GetFullPath(found.Value, _layers.WorkingDirectory);
        return File.Exists(path) ? path : Wrong<string>(found, "an existing file of root certificates (PEM)");
    }

    private string? Choice(string key, IReadOnlyList<string> allowed)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        var value = found.Value.ToLowerInvariant();
        return allowed.Contains(value) ? value : Wrong<string>(found, $"one of {string.Join(", ", allowed)}");
    }

    private bool? Flag(string key)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        switch (found.Value.ToLowerInvariant())
        {
            case "true" or "yes" or "on" or "1":
                return true;
            case "false" or "no" or "off" or "0":
                return false;
            default:
                Wrong<string>(found, "true or false");
                return null;
        }
    }

    private int? Whole(string key, int least, int most)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        if (
            int.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;
        Wrong<string>(found, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
        return null;
    }

    private double? Share(string key)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        if (
            double.TryParse(found.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and <= 1
        )
            return value;
        Wrong<string>(found, "a number above 0 and up to 1, such as 0.9");
        return null;
    }

    private T? Wrong<T>(SettingValue found, string expected)
        where T : class
    {
        Fault(found.Key, $"{found.Key} ({found.Origin}): found '{found.Value}', expected {expected}");
        return null;
    }

    private string Origin(string key) => _layers.Find(key)!.Value.Origin;

    private void Fault(string key, string text)
    {
        _keys.Add(key);
        _faults.Add(text);
    }
}
