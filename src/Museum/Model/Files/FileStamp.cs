using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MuseumPipeline.Model.Files;

/// <summary>What cannot stay the same when the content of a file becomes another one: its size, the file itself, and when
/// anything about it was last changed, which nobody can set back. Known on Linux.</summary>
/// <param name="Written">When it was last written, as it says; in nanoseconds since 1970.</param>
/// <param name="Changed">When anything about it was last changed; the same.</param>
internal readonly record struct FileStamp(long Size, ulong Device, ulong Number, long Written, long Changed)
{
    /// <summary>Of statx(2): the file that is open, and no path.</summary>
    private const int EmptyPath = 0x1000;

    /// <summary>Size, number, and the two times.</summary>
    private const uint Wanted = 0x200 | 0x100 | 0x80 | 0x40;

    // The kernel's struct statx, the same on every processor.
    private const int StatxLength = 256;
    private const int NumberAt = 32,
        SizeAt = 40,
        ChangedAt = 96,
        WrittenAt = 112,
        DeviceAt = 136;

    /// <summary>Of an open file; null where it cannot be told.</summary>
    public static FileStamp? Of(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var about = new byte[StatxLength];
            return
                ExtendedStatus(file, "", EmptyPath, Wanted, about) == 0
                && (BitConverter.ToUInt32(about) & Wanted) == Wanted
                ? new(
                    BitConverter.ToInt64(about, SizeAt),
                    BitConverter.ToUInt64(about, DeviceAt),
                    BitConverter.ToUInt64(about, NumberAt),
                    Time(about, WrittenAt),
                    Time(about, ChangedAt)
                )
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static long Time(byte[] about, int at) =>
        unchecked((BitConverter.ToInt64(about, at) * 1_000_000_000) + BitConverter.ToUInt32(about, at + 8));

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int ExtendedStatus(
        SafeFileHandle file,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mask,
        byte[] about
    );
}
