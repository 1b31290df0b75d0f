using System.Security.Cryptography;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Serve.Security.Keys;

/// <summary>The default place of MUSEUM_KEY: a private file of this user, away from the database, so that a copy of one
/// is not a copy of both.</summary>
internal static class KeyFile
{
    private const int KeyLength = 32;

    /// <summary>The key, created on first use; null if this user has no directory for it.</summary>
    public static Secret? Read(string? directory = null)
    {
        directory ??= Directories();
        if (directory.Length == 0)
            return null;
        var path = Path.Combine(directory, "museum", "key");
        try
        {
            if (!File.Exists(path))
                Make(path);
            OwnFile.Narrow(path);
            var text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? new Secret(text) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Directories() =>
        Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );

    // Written under another name first: if two processes start at once, both must read the same complete key.
    private static void Make(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnFile.Usual | UnixFileMode.UserExecute);
        var fresh = $"{path}.{Guid.NewGuid():N}";
        OwnFile.Keep(fresh);
        File.WriteAllText(fresh, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyLength)) + "\n");
        try
        {
            File.Move(fresh, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(fresh);
        }
    }
}
