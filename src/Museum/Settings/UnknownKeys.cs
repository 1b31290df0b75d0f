using MuseumPipeline.Model;
using MuseumPipeline.Settings.Files;

namespace MuseumPipeline.Settings;

/// <summary>Names that are not settings of ours but look as if they were meant to be: otherwise a misspelt key is
/// silently ignored. Every other name in the environment belongs to somebody else.</summary>
internal static class UnknownKeys
{
    /// <summary>Other programs' names for our settings.</summary>
    private static readonly Dictionary<string, string> Siblings = new(StringComparer.Ordinal)
    {
        ["DB_HOST"] = "DATABASE_IP",
        ["DB_IP"] = "DATABASE_IP",
        ["DATABASE_HOST"] = "DATABASE_IP",
        ["DB_NAME"] = "DATABASE_NAME",
        ["DB_USER"] = "DATABASE_USERNAME",
        ["DB_USERNAME"] = "DATABASE_USERNAME",
        ["DATABASE_USER"] = "DATABASE_USERNAME",
        ["DB_PASSWORD"] = "DATABASE_PASSWORD",
        ["DB_PORT"] = "DATABASE_PORT",
        ["LOCAL_USER"] = "LOCAL_USERNAME",
        ["LOCAL_IP"] = "LOCAL_HOST",
        ["LOCAL_NAME"] = "LOCAL_DB",
        ["S3_BUCKET"] = "MUSEUM_BUCKET",
        ["S3_BUCKET_NAME"] = "MUSEUM_BUCKET",
        ["BUCKET"] = "MUSEUM_BUCKET",
        ["BUCKET_NAME"] = "MUSEUM_BUCKET",
        ["AWS_BUCKET"] = "MUSEUM_BUCKET",
        ["AWS_BUCKET_NAME"] = "MUSEUM_BUCKET",
        ["ACCESS_KEY"] = "AWS_ACCESS_KEY_ID",
        ["ACCESS_KEY_ID"] = "AWS_ACCESS_KEY_ID",
        ["AWS_ACCESS_KEY"] = "AWS_ACCESS_KEY_ID",
        ["SECRET_ACCESS_KEY"] = "AWS_SECRET_ACCESS_KEY",
        ["AWS_SECRET_KEY"] = "AWS_SECRET_ACCESS_KEY",
        ["GROUP_ID"] = "GROUP",
        ["KAFKA_GROUP"] = "GROUP",
        ["CONSUMER_GROUP"] = "GROUP",
        ["KAFKA_TOPIC"] = "TOPIC",
        ["TOPIC_NAME"] = "TOPIC",
        ["KAFKA_SERVERS"] = "BOOTSTRAP_SERVERS",
        ["KAFKA_BROKERS"] = "BOOTSTRAP_SERVERS",
        ["BOOTSTRAP_SERVER"] = "BOOTSTRAP_SERVERS",
        ["KAFKA_USERNAME"] = "KAFKA_SASL_USERNAME",
        ["KAFKA_PASSWORD"] = "KAFKA_SASL_PASSWORD",
        ["SASL_USERNAME"] = "USERNAME",
        ["SASL_PASSWORD"] = "PASSWORD",
    };

    /// <summary>Variables of other programs that count as well as our own.</summary>
    private static readonly string[] Understood =
    [
        .. SettingKeys.Fallbacks.Keys,
        "KAFKA_SASL_USERNAME",
        "KAFKA_SASL_PASSWORD",
    ];

    /// <summary>One line for each name, ready to be shown; never a value.</summary>
    public static IReadOnlyList<string> In(SettingLayers layers)
    {
        var quiet = (layers.Find("MUSEUM_QUIET_KEYS")?.Value ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        var known = SettingKeys.All.Select(s => s.Key).Concat(Understood).ToHashSet(StringComparer.Ordinal);
        var file = layers
            .File.Keys.Where(key => !IsOurs(key))
            .Select(key => $"{layers.FilePath}: {key} is not a setting of ours{Meant(key, ". Did you mean {0}?")}");
        var environment = layers
            .Environment.Where(pair => pair.Value.Length > 0 && !IsOurs(pair.Key))
            .Where(pair => Nearest(pair.Key) is { } near && layers.Find(near) is null)
            .Select(pair =>
                $"{pair.Key} in the environment is not a setting of ours{Meant(pair.Key, ". Did you mean {0}?")}"
            );
        return [.. file.Concat(environment).Concat(layers.FileWarnings).Order(StringComparer.Ordinal)];

        bool IsOurs(string key) =>
            known.Contains(key)
            || quiet.Contains(key, StringComparer.Ordinal)
            || SecretFiles.IsSecretFile(key)
            || (key.StartsWith("KAFKA_", StringComparison.Ordinal) && !Siblings.ContainsKey(key))
            || key.StartsWith("OTEL_", StringComparison.Ordinal);

        string? Nearest(string key) =>
            Siblings.TryGetValue(key, out var sibling) ? sibling
            : key.Length >= ShortestMisspelling ? NearWord.Of(key, known)
            : null;

        string Meant(string key, string sentence) =>
            Nearest(key) is { } near
                ? string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, near)
                : $": correct it, remove it, or list it in MUSEUM_QUIET_KEYS";
    }

    // With two wrong letters a short word could be any other.
    private const int ShortestMisspelling = 6;
}
