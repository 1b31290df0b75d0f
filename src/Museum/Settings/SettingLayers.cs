namespace MuseumPipeline.Settings;

/// <param name="Origin">Where it was found: <c>flag</c>, <c>environment</c> or the file's name.</param>
public readonly record struct SettingValue(string Key, string Value, string Origin);

/// <summary>The places a setting can come from, the strongest first.</summary>
public sealed class SettingLayers(
    IReadOnlyDictionary<string, string> flags,
    IReadOnlyDictionary<string, string> environment,
    IReadOnlyDictionary<string, string> file,
    string? filePath,
    string workingDirectory
)
{
    public const string FlagOrigin = "flag";
    public const string EnvironmentOrigin = "environment";

    public string? FilePath => filePath;

    /// <summary>Relative paths in settings are meant from here.</summary>
    public string WorkingDirectory => workingDirectory;

    /// <summary>What the <c>.env</c> file holds.</summary>
    public IReadOnlyDictionary<string, string> File => file;

    /// <summary>This process's environment, and the named file or the <c>.env</c> of the working directory where there
    /// is one.</summary>
    public static SettingLayers OfProcess(IReadOnlyDictionary<string, string> flags, string? envFile)
    {
        var directory = Directory.GetCurrentDirectory();
        var path =
            envFile ?? (System.IO.File.Exists(Path.Combine(directory, DotEnv.DefaultName)) ? DotEnv.DefaultName : null);
        var environment = Environment.GetEnvironmentVariables();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry pair in environment)
            values[(string)pair.Key] = (string?)pair.Value ?? "";
        return new(flags, values, path is null ? new Dictionary<string, string>() : DotEnv.Read(path), path, directory);
    }

    /// <summary>
    /// The value from the strongest place that has one; in one place the first key counts before its other spellings.
    /// An empty value means "not set".
    /// </summary>
    public SettingValue? Find(params ReadOnlySpan<string> keys) =>
        FindExact(keys) is { } found ? found with { Value = found.Value.Trim() } : null;

    /// <summary>The same with its outer blanks: a password may have some.</summary>
    public SettingValue? FindExact(params ReadOnlySpan<string> keys) =>
        In(flags, FlagOrigin, keys)
        ?? In(environment, EnvironmentOrigin, keys)
        ?? In(file, filePath ?? DotEnv.DefaultName, keys);

    /// <summary>For keys that the environment uses for something else.</summary>
    public SettingValue? FindInFile(string key) => In(file, filePath ?? DotEnv.DefaultName, [key]);

    /// <summary>Every key with this start that has a value somewhere.</summary>
    public IReadOnlyList<string> KeysOf(string start) =>
        [
            .. flags
                .Keys.Concat(environment.Keys)
                .Concat(file.Keys)
                .Where(k => k.StartsWith(start, StringComparison.Ordinal) && Find(k) is not null)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static SettingValue? In(IReadOnlyDictionary<string, string> place, string origin, ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (place.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value))
                return new(key, value, origin);
        }
        return null;
    }
}
