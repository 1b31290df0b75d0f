using System.Runtime.InteropServices;

namespace MuseumPipeline.Model.Files;

/// <summary>Whom a file belongs to, which .NET does not tell. Known on Linux; elsewhere nobody is taken for its
/// owner.</summary>
internal static class FileOwner
{
    public const uint Root = 0;

    private const int FromWorkingDirectory = -100;
    private const uint UserId = 0x8;
    private const int NotItsTarget = 0x100;

    // The kernel's struct statx, the same on every processor.
    private const int StatxLength = 256;
    private const int UserIdOffset = 20;

    /// <summary>The user this process runs as; null where that cannot be told.</summary>
    public static uint? Own => OperatingSystem.IsLinux() ? EffectiveUserId() : null;

    /// <summary>The user a file belongs to, behind its links; null where that cannot be told.</summary>
    public static uint? Of(string path) => Of(path, 0);

    /// <summary>The user a link itself belongs to; of anything else the same as <see cref="Of(string)"/>.</summary>
    public static uint? OfLink(string path) => Of(path, NotItsTarget);

    private static uint? Of(string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var about = new byte[StatxLength];
            return ExtendedStatus(FromWorkingDirectory, Path.GetFullPath(path), flags, UserId, about) == 0
                ? BitConverter.ToUInt32(about, UserIdOffset)
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint EffectiveUserId();

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int ExtendedStatus(
        int directory,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mask,
        byte[] about
    );
}
