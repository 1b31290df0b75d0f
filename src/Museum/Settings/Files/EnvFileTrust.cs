using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Settings.Files;

/// <summary>A <c>.env</c> in the working directory is read without being asked for, and so must not be a stranger's.
/// One named with --env-file is the user's own choice, whoever owns it.</summary>
internal static class EnvFileTrust
{
    /// <summary>What should be fixed about the file, as warnings.</summary>
    /// <param name="named">The user named it.</param>
    /// <exception cref="MuseumException">Its settings may be somebody else's.</exception>
    public static IReadOnlyList<string> Check(string path, bool named, IEnumerable<string> keys)
    {
        if (OperatingSystem.IsWindows() || Mode(path) is not { } mode)
            return [];
        if (mode.HasFlag(UnixFileMode.OtherWrite))
            throw Refused(path, "everybody on this machine may write it", $"chmod 600 {path}");
        if (!named && FileOwner.Of(path) is { } owner && owner != FileOwner.Root && owner != FileOwner.Own)
            throw Refused(
                path,
                $"it belongs to the user with the id {owner}, who is neither you nor root",
                $"museum … --env-file {path} where you trust it, or remove it"
            );
        if (mode.HasFlag(UnixFileMode.GroupWrite))
            return [$"{path}: its group may write it: chmod 600 {path}"];
        return mode.HasFlag(UnixFileMode.OtherRead) && keys.Any(HoldsSecret)
            ? [$"{path}: holds secrets, and everybody on this machine may read it: chmod 600 {path}"]
            : [];
    }

    private static bool HoldsSecret(string key) => SecretFiles.IsSecretFile(key + SecretFiles.Suffix);

    private static UnixFileMode? Mode(string path)
    {
        try
        {
            // By its handle: for a link, the target counts.
            using var file = File.OpenHandle(path);
            return OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it reports the fault.
            return null;
        }
    }

    private static MuseumException Refused(string path, string found, string fix) =>
        new(
            ExitCode.Configuration,
            $"the file of settings {Path.GetFullPath(path)} is not read: {found}. Settings decide where data and "
                + $"passwords go. Fix: {fix}"
        );
}
