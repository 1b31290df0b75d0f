using System.Text;

namespace MuseumPipeline.Settings.Files;

/// <summary><c>KEY_FILE=/path</c> for every secret setting: container runtimes and systemd provide secrets as files.
/// The file's text takes the place of KEY in the layer that named it, without one final line end.</summary>
internal static class SecretFiles
{
    public const string Suffix = "_FILE";

    /// <summary>The same layers with each KEY_FILE read.</summary>
    /// <param name="faults">Faults are added here.</param>
    public static SettingLayers Resolve(SettingLayers layers, List<string> faults)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal),
            file = new(StringComparer.Ordinal);
        foreach (var named in layers.Environment.Keys.Concat(layers.File.Keys).Distinct().Where(IsSecretFile))
        {
            var key = named[..^Suffix.Length];
            if (layers.Find(named) is not { } found)
                continue;
            if ((SettingKeys.Login.Contains(key) ? layers.FindInFile(key) : layers.FindExact(key)) is { } both)
            {
                faults.Add($"{key} ({both.Origin}) and {named} ({found.Origin}) are both set: set one of them");
                continue;
            }
            if (Read(layers, found, faults) is not { } secret)
                continue;
            // A login's key hardly counts in the environment; KEY_FILE is nobody else's name.
            var inFile = found.Origin != SettingLayers.EnvironmentOrigin || SettingKeys.Login.Contains(key);
            (inFile ? file : environment)[key] = secret;
        }
        return environment.Count + file.Count == 0 ? layers : layers.With(environment, file);
    }

    /// <summary>Whether this is the KEY_FILE of a secret.</summary>
    public static bool IsSecretFile(string key)
    {
        if (!key.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        var secret = key[..^Suffix.Length];
        return SettingKeys.All.Any(s => s.Secret && s.Key == secret)
            || (
                secret.StartsWith(KafkaSettings.Prefix, StringComparison.Ordinal)
                && KafkaSettings.IsSecret(KafkaSettings.PropertyOf(secret))
            );
    }

    private static string? Read(SettingLayers layers, SettingValue found, List<string> faults)
    {
        var path = Path.GetFullPath(found.Value, layers.WorkingDirectory);
        try
        {
            var text = File.ReadAllText(path, Encoding.UTF8);
            text =
                text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
                : text.EndsWith('\n') ? text[..^1]
                : text;
            if (text.Length > 0)
                return text;
            faults.Add($"{found.Key} ({found.Origin}): {path} is empty; expected the secret and nothing else in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{found.Key} ({found.Origin}): {e.Message.TrimEnd('.')}; expected a file that can be read");
        }
        return null;
    }
}
