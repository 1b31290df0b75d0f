namespace MuseumPipeline.Model.Files;

/// <summary>
/// Files of ours hold names, hashes and keys: they are for this user alone, whatever the umask, unless a setting shares
/// them with a group. Nothing is opened that is there already: closing it would drop the locks of SQLite.
/// </summary>
internal static class OwnFile
{
    public const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Rights =
        Usual | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Makes the file, empty, where there is none, and takes back what others may with it beyond the
    /// mode.</summary>
    /// <returns>What could not be put right, as a warning; null where all is well.</returns>
    public static string? Keep(string path, UnixFileMode mode = Usual)
    {
        if (OperatingSystem.IsWindows())
            return null;
        try
        {
            using (
                new FileStream(
                    path,
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        UnixCreateMode = Usual,
                    }
                )
            )
                File.SetUnixFileMode(path, mode);
            return null;
        }
        catch (IOException) when (File.Exists(path))
        {
            return Narrow(path, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever writes it says what is wrong.
            return null;
        }
    }

    /// <summary>The same of a file that somebody else makes.</summary>
    public static string? Narrow(string path, UnixFileMode mode = Usual)
    {
        if (OperatingSystem.IsWindows() || ModeOf(path) is not { } found || (found & Rights & ~mode) == 0)
            return null;
        try
        {
            File.SetUnixFileMode(path, found & (mode | ~Rights));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path}: others on this machine may read or write it, and this user cannot change that: "
                + $"chmod {Text(mode)} {path}";
        }
    }

    /// <summary>Where everybody may write, somebody else may have left a file or a link under this name: theirs to read
    /// and change, or leading to a file of ours. The system refuses such links only where it is set to, and no
    /// files.</summary>
    /// <exception cref="MuseumException">It is neither ours nor root's.</exception>
    public static void RefusePlanted(string path)
    {
        var full = Path.GetFullPath(path);
        if (
            OperatingSystem.IsWindows()
            || Path.GetDirectoryName(full) is not { } directory
            || !Directory.Exists(directory)
            || !File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherWrite)
            || FileOwner.OfLink(full) is not { } owner
            || owner == FileOwner.Root
            || owner == FileOwner.Own
        )
            return;
        throw new MuseumException(
            ExitCode.Configuration,
            $"{full}: found a file of the user with the id {owner} in a directory where everybody may write, expected "
                + $"one of ours, or none. Name another directory, or remove the file if it is not yours: rm {full}"
        );
    }

    /// <summary>Of the file behind links; null where there is none, or no such thing.</summary>
    public static UnixFileMode? ModeOf(string path)
    {
        try
        {
            return OperatingSystem.IsWindows() || !File.Exists(path)
                ? null
                : File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>As chmod takes it: 600.</summary>
    public static string Text(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
