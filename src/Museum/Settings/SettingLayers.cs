using MuseumPipeline.Settings.Files;

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

    /// <summary>Relative paths in settings start here.</summary>
    public string WorkingDirectory => workingDirectory;

    /// <summary>The content of the <c>.env</c> file.</summary>
    public IReadOnlyDictionary<string, string> File => file;

    /// <summary>This process's environment, and the named file, or the <c>.env</c> of the working directory if there is
    /// one.</summary>
    public static SettingLayers OfProcess(IReadOnlyDictionary<string, string> flags, string? envFile)
    {
        var directory = Directory.GetCurrentDirectory();
        var path =
            envFile ?? (System.IO.File.Exists(Path.Combine(directory, DotEnv.DefaultName)) ? DotEnv.DefaultName : null);
        var environment = System.Environment.GetEnvironmentVariables();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry pair in environment)
            values[(string)pair.Key] = (string?)pair.Value ?? "";
        if (path is null)
            return new(flags, values, new Dictionary<string, string>(), null, directory);
        var named = envFile is not null;
        var file = DotEnv.Read(path);
        return new(flags, values, file, path, directory)
        {
            FileNamed = named,
            FileWarnings = [.. EnvFileTrust.Check(path, named, file.Keys), .. DotEnv.StrayLines(path)],
        };
    }

    /// <summary>The value of the first key that is set, from the highest layer. So a setting of ours overrides another
    /// program's variable (PGUSER, AWS_ENDPOINT_URL), wherever either is set. An empty value means "not set".</summary>
    public SettingValue? Find(params ReadOnlySpan<string> keys) =>
        FindExact(keys) is { } found ? found with { Value = found.Value.Trim() } : null;

    /// <summary>The same with its outer blanks: a password may have some.</summary>
    public SettingValue? FindExact(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if ((In(flags, FlagOrigin, key) ?? In(environment, EnvironmentOrigin, key) ?? FindInFile(key)) is { } found)
                return found;
        }
        return null;
    }

    /// <summary>The value in the <c>.env</c> file.</summary>
    public SettingValue? FindInFile(string key) => In(file, filePath ?? DotEnv.DefaultName, key);

    /// <summary>USERNAME and PASSWORD, which every system sets for itself: they count in the file. From the environment
    /// they count only if both are set there together with SASL_MECHANISM, and the file has neither.</summary>
    public SettingValue? FindLogin(string key) =>
        FindInFile(key) is { } found ? found
        : SettingKeys.Login.Any(k => FindInFile(k) is not null) ? null
        : SettingKeys.Login.Append("SASL_MECHANISM").All(k => In(environment, EnvironmentOrigin, k) is not null)
            ? In(environment, EnvironmentOrigin, key)
        : null;

    /// <summary>The same layers with these added to the environment and to the file.</summary>
    public SettingLayers With(
        IReadOnlyDictionary<string, string> toEnvironment,
        IReadOnlyDictionary<string, string> toFile
    ) =>
        new(flags, Joined(environment, toEnvironment), Joined(file, toFile), filePath, workingDirectory)
        {
            FileNamed = FileNamed,
            FileWarnings = FileWarnings,
        };

    /// <summary>Lines of the file that are not of the form KEY=VALUE, and who may read it.</summary>
    public IReadOnlyList<string> FileWarnings { get; init; } = [];

    /// <summary>The file was named with --env-file. One that happens to lie in the working directory is believed
    /// less.</summary>
    public bool FileNamed { get; init; }

    /// <summary>Whether this was said by nobody but a <c>.env</c> that nobody named.</summary>
    public bool IsDoubtful(SettingValue found) => !FileNamed && found.Origin is not (FlagOrigin or EnvironmentOrigin);

    /// <summary>The environment's own keys.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

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

    private static Dictionary<string, string> Joined(
        IReadOnlyDictionary<string, string> there,
        IReadOnlyDictionary<string, string> more
    )
    {
        var all = new Dictionary<string, string>(there, StringComparer.Ordinal);
        foreach (var (key, value) in more)
            all[key] = value;
        return all;
    }

    private static SettingValue? In(IReadOnlyDictionary<string, string> place, string origin, string key) =>
        place.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value) ? new(key, value, origin) : null;
}
