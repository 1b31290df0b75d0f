using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Tells files from pipes and sockets. The framework does not, and opening a named pipe waits for its other
/// end.</summary>
internal static class RegularFile
{
    // Of open(2).
    private const int LinuxNonBlocking = 0x800,
        OtherNonBlocking = 0x4;

    /// <summary>ENXIO: the error of open(2) for a socket.</summary>
    private const int NoSuchDevice = 6;

    /// <summary>False for a named pipe or a socket. True for everything else, including what cannot be opened: reading
    /// it says why.</summary>
    public static bool Is(string path)
    {
        // Anything with a length is a file.
        if (OperatingSystem.IsWindows() || new FileInfo(path) is not { Exists: true, Length: 0 })
            return true;
        var opened = Open(path, OperatingSystem.IsLinux() ? LinuxNonBlocking : OtherNonBlocking);
        if (opened < 0)
            return Marshal.GetLastPInvokeError() != NoSuchDevice;
        using var handle = new SafeFileHandle(opened, ownsHandle: true);
        using var stream = new FileStream(handle, FileAccess.Read, 0);
        return stream.CanSeek;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
