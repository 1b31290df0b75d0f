using System.Net;
using MuseumPipeline.Model;
using MuseumPipeline.Settings.Reading;

namespace MuseumPipeline.Settings;

/// <summary>Everything that can be configured, checked once at start by <see cref="SettingsReader"/> and immutable from
/// then on. Precedence: flags, environment, the <c>.env</c> file, the defaults in <see cref="SettingKeys"/>.</summary>
public sealed record MuseumSettings
{
    /// <summary>The bucket, <c>s3://…</c> address or directory to load; null if none is configured.</summary>
    public string? Bucket { get; init; }

    /// <summary>Null: the AWS SDK finds them itself (profile, SSO, role of the machine).</summary>
    public AwsKeys? Keys { get; init; }

    public string? Region { get; init; }

    /// <summary>An S3 server other than Amazon's.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Plain http to an endpoint on another machine.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>The bucket's name in the path instead of the host name; by default if an endpoint is set.</summary>
    public bool PathStyle { get; init; }

    /// <summary>The chosen database; a <see cref="PostgresSettings"/> or an <see cref="EmbeddedSettings"/>.</summary>
    public required DatabaseSettings Database { get; init; }

    /// <summary>Every configured database, the chosen one first: <c>museum doctor</c> checks them all.</summary>
    public required IReadOnlyList<DatabaseSettings> Configured { get; init; }

    /// <summary>The brokers and what to read from them; null if BOOTSTRAP_SERVERS is not set.</summary>
    public KafkaSettings? Kafka { get; init; }

    /// <summary>Judge history by the opening hours too.</summary>
    public bool OpeningHours { get; init; }

    /// <summary>How far in the future a press may be: clocks differ.</summary>
    public TimeSpan FutureTolerance { get; init; }

    /// <summary>Earlier presses are refused: there were no kiosks yet.</summary>
    public DateTimeOffset Past { get; init; } = StoredInstants.FirstPress;

    /// <summary>A help press whose time is this many minutes from its arrival has a wrong clock.</summary>
    public int ClockMinutes { get; init; } = 10;

    /// <summary>Times on the stream without an offset are in the museum's zone instead of being refused.</summary>
    public bool StreamLocalTime { get; init; }

    /// <summary>When a run stops because nearly everything is refused.</summary>
    public BreakerLimits Breaker { get; init; } = BreakerLimits.Default;

    /// <summary>Rows in one transaction.</summary>
    public int? SliceRows { get; init; }

    /// <summary>Objects loaded in parallel; null lets the loader choose.</summary>
    public int? Workers { get; init; }

    /// <summary>Where large objects are spooled when read from S3; null for the system's temporary directory.</summary>
    public string? SpoolDirectory { get; init; }

    /// <summary>AUTO_OFFSET as written: where to begin a topic that was never consumed.</summary>
    public string? AutoOffset { get; init; }

    /// <summary>The time between two summary lines of a consumer.</summary>
    public TimeSpan SummaryInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where a consumer serves its health over HTTP; null for nowhere.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>Where the dashboard is served.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>How the dashboard is reached, and by whom.</summary>
    public ServeSettings Serve { get; init; } = new();

    /// <summary>What <c>museum users</c> gives somebody, where nobody can type it.</summary>
    public Secret? NewPassword { get; init; }

    /// <summary>Months of presses that <c>museum db retain</c> keeps in the tables; null: all.</summary>
    public int? RetainEvents { get; init; }

    /// <summary>The same of quarantined records, by when they arrived.</summary>
    public int? RetainQuarantine { get; init; }

    /// <summary>Months of the audit that <c>museum db retain</c> and <c>museum audit retire</c> keep; null: all.</summary>
    public int? RetainAudit { get; init; }

    /// <summary>The same of notes to calls for help.</summary>
    public int? RetainNotes { get; init; }

    /// <summary>The target for an exhibition's mean rating; null for the default.</summary>
    public double? TargetMean { get; init; }

    /// <summary>The password of the database that <c>museum db import</c> takes rows from.</summary>
    public Secret? ImportPassword { get; init; }

    public required LogSettings Log { get; init; }

    /// <summary>What works, and should be otherwise.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The <c>.env</c> file that was read, or null.</summary>
    public string? EnvFile { get; init; }

    /// <summary>The origin of each key's value: <c>flag</c>, <c>environment</c> or the file's name.</summary>
    public required IReadOnlyDictionary<string, string> Origins { get; init; }

    /// <summary>Removes this configuration's secrets from any text.</summary>
    public Redactor Redactor =>
        new(
            Configured
                .OfType<PostgresSettings>()
                .Select(p => p.Password)
                .OfType<Secret>()
                .Concat(
                    Keys is null ? []
                    : Keys.Token is null ? [Keys.SecretKey]
                    : [Keys.SecretKey, Keys.Token]
                )
                .Concat(ImportPassword is { } import ? [import] : [])
                .Concat(Kafka?.Secrets ?? [])
                .Concat(Serve.Secrets)
                .Concat(NewPassword is null ? [] : [NewPassword])
        );
}

/// <summary>The keys of an AWS account. AWS does not count the id as a secret, but it is not shown either.</summary>
public sealed record AwsKeys(Secret Id, Secret SecretKey, Secret? Token);
