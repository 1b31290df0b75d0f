using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Files;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Checks who may read or write the files that hold secrets.</summary>
internal static class DoctorFiles
{
    private const string Name = "files";
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode Writers = UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    public static IEnumerable<Check> Examine(Session session)
    {
        if (OperatingSystem.IsWindows())
            return [];
        var layers = Session.Layers(session.Parsed);
        List<Check> checks = [];
        foreach (var (path, key) in Files(session, layers))
        {
            var open = OwnFile.ModeOf(path) & (Others | Writers);
            if (open is null or UnixFileMode.None)
                continue;
            checks.Add(
                Check.Doubtful(
                    Name,
                    $"{path}: {((open & Others) == 0 ? "its group" : "everybody on this machine")} may "
                        + $"{((open & Writers) == 0 ? "read" : "write")} it",
                    $"chmod 640 {path}, or 600",
                    key
                )
            );
        }

        return checks.Count > 0 ? checks : [Check.Fine(Name, "nobody else may read what is secret")];
    }

    private static IEnumerable<(string Path, string Key)> Files(Session session, SettingLayers layers)
    {
        if (layers.FilePath is { } env)
            yield return (Path.GetFullPath(env), ".env");
        foreach (var database in session.Settings.Configured.OfType<EmbeddedSettings>())
        {
            foreach (var end in (string[])["", "-wal", "-shm"])
                yield return (database.Path + end, "MUSEUM_DATABASE");
        }

        if (session.Settings.Serve.Tls is { } tls)
            yield return (tls.Key, "MUSEUM_TLS_KEY");
        foreach (var key in layers.Environment.Keys.Concat(layers.File.Keys).Distinct().Where(SecretFiles.IsSecretFile))
        {
            if (layers.Find(key) is { } found)
                yield return (Path.GetFullPath(found.Value, layers.WorkingDirectory), key);
        }
    }
}
