using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings.Reading;

/// <summary>Reads and checks the settings once, and reports every fault in one message.</summary>
internal sealed class SettingsReader(SettingValues values)
{
    private const int MostMonths = 1200;

    /// <exception cref="MuseumException">Exit code <see cref="ExitCode.Configuration"/>; the message lists every
    /// fault.</exception>
    public static MuseumSettings Read(SettingLayers layers, Needs needs)
    {
        var values = new SettingValues(layers);
        var settings = new SettingsReader(values).Build(needs);
        values.ThrowIfFaulty();
        return settings;
    }

    private MuseumSettings Build(Needs needs)
    {
        var bucket = values.Text("MUSEUM_BUCKET");
        if (bucket is null && needs.HasFlag(Needs.Bucket))
            values.Fault("MUSEUM_BUCKET", "MUSEUM_BUCKET is not set: name the bucket or directory there or with -b");
        var plainHttp = values.Flag("MUSEUM_S3_ALLOW_HTTP") ?? false;
        var aws = new AwsReader(values);
        var endpoint = aws.Endpoint(plainHttp);
        var databases = new DatabaseReader(values, aws).Read(needs.HasFlag(Needs.Database));
        return new MuseumSettings
        {
            Bucket = bucket,
            Keys = aws.Keys,
            Region = aws.Region,
            Endpoint = endpoint,
            AllowPlainHttp = plainHttp,
            PathStyle = values.Flag("MUSEUM_S3_PATH_STYLE") ?? endpoint is not null,
            Database = databases[0],
            Configured = databases,
            // A verb without them must neither stumble over these settings nor do what they say.
            Kafka =
                (needs & (Needs.Kafka | Needs.KafkaIfSet)) == 0
                    ? null
                    : new KafkaReader(values, aws).Read(needs.HasFlag(Needs.Kafka)),
            OpeningHours = values.Flag("MUSEUM_OPENING_HOURS") ?? false,
            FutureTolerance = TimeSpan.FromMinutes(values.Whole("MUSEUM_FUTURE_MINUTES", 0, 1440) ?? 5),
            Past = Past() ?? StoredInstants.FirstPress,
            ClockMinutes = values.Whole("MUSEUM_CLOCK_MINUTES", 1, 1440) ?? 10,
            StreamLocalTime = values.Flag("MUSEUM_STREAM_LOCAL_TIME") ?? false,
            Breaker = new(
                values.Share("MUSEUM_BREAKER_SHARE") ?? BreakerLimits.Default.Share,
                values.Whole("MUSEUM_BREAKER_LEAST", 1, 1_000_000_000) ?? BreakerLimits.Default.Least
            ),
            SliceRows = values.Whole("MUSEUM_SLICE_ROWS", 1_000, 10_000_000),
            Workers = values.Whole("MUSEUM_WORKERS", 1, 64),
            SpoolDirectory = values.Text("MUSEUM_SPOOL"),
            AutoOffset = values.Text("AUTO_OFFSET"),
            SummaryInterval = TimeSpan.FromSeconds(values.Whole("MUSEUM_SUMMARY_SECONDS", 1, 86_400) ?? 10),
            Health = values.Address("MUSEUM_HEALTH"),
            Listen = values.Address("MUSEUM_LISTEN") ?? new(IPAddress.Loopback, 8080),
            Serve = needs.HasFlag(Needs.Serve) ? new ServeReader(values).Read() : new(),
            NewPassword = values.Hidden("MUSEUM_NEW_PASSWORD"),
            RetainEvents = values.Whole("MUSEUM_RETAIN_EVENTS", 1, MostMonths),
            RetainQuarantine = values.Whole("MUSEUM_RETAIN_QUARANTINE", 1, MostMonths),
            RetainAudit = values.Whole("MUSEUM_RETAIN_AUDIT", 1, MostMonths),
            RetainNotes = values.Whole("MUSEUM_RETAIN_NOTES", 1, MostMonths),
            TargetMean = TargetMean(),
            ImportPassword = values.Hidden("IMPORT_PASSWORD"),
            Log = Log(),
            Warnings = values.Warnings,
            EnvFile = values.Layers.FilePath,
            Origins = SettingKeys
                .All.Select(s => s.Key)
                .Where(k => values.Found(k) is not null)
                .ToDictionary(k => k, k => values.Found(k)!.Value.Origin),
        };
    }

    private LogSettings Log()
    {
        var destination =
            values.Choice("MUSEUM_LOG", ["console", "file"]) == "file" ? LogDestination.File : LogDestination.Console;
        var format = values.Choice("MUSEUM_LOG_FORMAT", ["text", "json"]) == "json" ? LogFormat.Json : LogFormat.Text;
        var level = values.Choice("MUSEUM_LOG_LEVEL", ["debug", "information", "warning", "error"]) switch
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
            Path.GetFullPath(values.Text("MUSEUM_LOG_FILE") ?? "logs/museum.log", values.Layers.WorkingDirectory),
            format
        )
        {
            FileMode = values.FileMode(),
        };
    }

    private DateTimeOffset? Past()
    {
        const string Key = "MUSEUM_PAST";
        if (values.Layers.Find(Key) is not { } found)
            return null;
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK"];
        var read = DateTimeOffset.TryParseExact(
            found.Value,
            forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var instant
        );
        if (read && instant >= StoredInstants.First && instant <= StoredInstants.Last)
            return instant;
        values.Wrong<string>(
            found,
            "a day or an instant from the year 2 on, such as 2010-01-01 or " + "2010-01-01T00:00:00Z"
        );
        return null;
    }

    private double? TargetMean()
    {
        if (values.Layers.Find("MUSEUM_TARGET_MEAN") is not { } found)
            return null;
        if (
            double.TryParse(found.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and < KioskButtons.LongestScale
        )
            return value;
        values.Wrong<string>(found, "a mean rating above 0 and below the best there is, such as 2.5");
        return null;
    }
}
