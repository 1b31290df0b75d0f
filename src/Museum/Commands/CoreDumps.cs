using System.Runtime.InteropServices;

namespace MuseumPipeline.Commands;

/// <summary>A core dump holds every secret that is in memory. None is written, however the program was started; what
/// .NET writes where DOTNET_DbgEnableMiniDump asks for it is the operator's own decision.</summary>
internal static class CoreDumps
{
    /// <summary>RLIMIT_CORE, on Linux and macOS.</summary>
    private const int CoreSize = 4;

    public static void Forbid()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetLimit(CoreSize, new Limit(0, 0));
    }

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, in Limit limit);

    private readonly record struct Limit(ulong Soft, ulong Hard);
}
