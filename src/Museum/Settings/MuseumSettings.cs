using System.Net;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

/// <summary>
/// Everything that can be configured, checked once at start by <see cref="SettingsReader"/> and immutable from then on.
/// Precedence: flags, then environment, then the <c>.env</c> file, then the defaults in <see cref="SettingKeys"/>.
/// </summary>
public sealed record MuseumSettings
{
    /// <summary>The bucket, <c>s3://…</c> address or directory that is loaded; null where none is configured.</summary>
    public string? Bucket { get; init; }

    /// <summary>Null: the AWS SDK's own chain finds them (profile, SSO, role of the machine).</summary>
    public AwsKeys? Keys { get; init; }

    public string? Region { get; init; }

    /// <summary>Another S3 server than Amazon's.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Plain http to another machine's endpoint.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>The bucket's name in the path instead of the host name; by default where an endpoint is set.</summary>
    public bool PathStyle { get; init; }

    /// <summary>The chosen database; a <see cref="PostgresSettings"/> or an <see cref="EmbeddedSettings"/>.</summary>
    public required DatabaseSettings Database { get; init; }

    /// <summary>Every database that is configured, the chosen one first: what <c>museum doctor</c> looks at.</summary>
    public required IReadOnlyList<DatabaseSettings> Configured { get; init; }

    /// <summary>The brokers and what is read from them; null where no BOOTSTRAP_SERVERS is set.</summary>
    public KafkaSettings? Kafka { get; init; }

    /// <summary>Judge history by the opening hours too.</summary>
    public bool OpeningHours { get; init; }

    /// <summary>How far in the future a press may be before it is refused: clocks differ.</summary>
    public TimeSpan FutureTolerance { get; init; }

    /// <summary>Earlier presses are refused: no kiosk sent them.</summary>
    public DateTimeOffset Past { get; init; } = StoredInstants.FirstPress;

    /// <summary>A help press whose time is so many minutes from its arrival has a wrong clock.</summary>
    public int ClockMinutes { get; init; } = 10;

    /// <summary>Times on the stream without an offset are in the museum's zone, instead of refused.</summary>
    public bool StreamLocalTime { get; init; }

    /// <summary>When a run stops because nearly everything is refused.</summary>
    public BreakerLimits Breaker { get; init; } = BreakerLimits.Default;

    /// <summary>Rows in one transaction.</summary>
    public int? SliceRows { get; init; }

    /// <summary>Objects loaded side by side; null lets the loader choose.</summary>
    public int? Workers { get; init; }

    /// <summary>Where large objects lie on their way from S3; null for the system's temporary directory.</summary>
    public string? SpoolDirectory { get; init; }

    /// <summary>AUTO_OFFSET as it is written: where a topic begins that was never consumed.</summary>
    public string? AutoOffset { get; init; }

    /// <summary>Between two summary lines of a consumer.</summary>
    public TimeSpan SummaryInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where a consumer tells its health over HTTP; null for nowhere.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>Where the dashboard is served.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>How the dashboard is reached and by whom.</summary>
    public ServeSettings Serve { get; init; } = new();

    /// <summary>The mean rating an exhibition should have; null for the usual one.</summary>
    public double? TargetMean { get; init; }

    /// <summary>The password of the database that <c>museum db import</c> takes rows from.</summary>
    public Secret? ImportPassword { get; init; }

    public required LogSettings Log { get; init; }

    /// <summary>The <c>.env</c> file that was read, or null.</summary>
    public string? EnvFile { get; init; }

    /// <summary>Where the value of each key that is set came from: <c>flag</c>, <c>environment</c> or the file's
    /// name.</summary>
    public required IReadOnlyDictionary<string, string> Origins { get; init; }

    /// <summary>Takes this configuration's secrets out of any text.</summary>
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
        );
}

/// <summary>The keys of an AWS account. The id is no secret by AWS's own reckoning, but it is not shown
/// either.</summary>
public sealed record AwsKeys(Secret Id, Secret SecretKey, Secret? Token);
