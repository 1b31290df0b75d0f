using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Checks the embedded database's file and its disk; creates no database.</summary>
internal sealed class DoctorEmbedded(EmbeddedSettings settings, Session session)
{
    private const string Key = "MUSEUM_DATABASE";
    private const long LowSpace = 500_000_000;
    private const long NoSpace = 20_000_000;

    public async Task<IReadOnlyList<Check>> ExamineAsync(CancellationToken cancel)
    {
        var name = settings.Target;
        var directory = Path.GetDirectoryName(settings.Path) ?? "/";
        if (!Directory.Exists(directory))
            return
            [
                Check.Wrong(
                    name,
                    ExitCode.Configuration,
                    $"the directory {directory} is not there",
                    $"create it, or set {Key} to a file elsewhere",
                    Key
                ),
            ];
        if (Directory.Exists(settings.Path))
            return
            [
                Check.Wrong(
                    name,
                    ExitCode.Configuration,
                    $"{settings.Path} is a directory",
                    $"let {Key} name a file",
                    Key
                ),
            ];
        if (Unwritable(directory) is { } why)
            return
            [
                Check.Wrong(
                    name,
                    ExitCode.Configuration,
                    $"{settings.Path} cannot be written: {why}",
                    $"give this user the right to write there, or set {Key} to a file elsewhere",
                    Key
                ),
            ];
        var free = new DriveInfo(directory).AvailableFreeSpace;
        var space = $"{Show.Bytes(free)} free";
        if (free < NoSpace)
            return
            [
                Check.Wrong(
                    name,
                    ExitCode.Service,
                    $"the disk of {settings.Path} is full: {space}",
                    $"make room, or set {Key} to a file elsewhere",
                    Key
                ),
            ];
        var state = await OpenAsync(cancel);
        return state.State == CheckState.Ok && free < LowSpace
            ? [state, Check.Doubtful(name, $"the disk of {settings.Path} is nearly full: {space}", "make room", Key)]
            : [state with { Found = state.State == CheckState.Ok ? $"{state.Found}; {space}" : state.Found }];
    }

    // SQLite writes two files beside the database, so the directory must be writable too.
    private string? Unwritable(string directory)
    {
        var probe = Path.Combine(directory, $".museum-{Guid.NewGuid():N}");
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(settings.Path))
                File.Open(settings.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.TrimEnd('.');
        }
    }

    // An empty file is a valid database without tables.
    private bool IsDatabase()
    {
        using var file = File.Open(settings.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> start = stackalloc byte[16];
        return file.Length == 0
            || (
                file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && start.SequenceEqual("SQLite format 3\0"u8)
            );
    }

    private async Task<Check> OpenAsync(CancellationToken cancel)
    {
        if (!File.Exists(settings.Path))
            return Check.Fine(
                settings.Target,
                $"{settings.Path} does not exist yet and can be created; the first load creates it"
            );
        if (!IsDatabase())
            return Check.Wrong(
                settings.Target,
                ExitCode.Configuration,
                $"{settings.Path} is not a SQLite database",
                $"set {Key} to another file",
                Key
            );
        try
        {
            await using var store = Connections.OpenReadOnly(settings, session.Clock);
            return Check.Fine(
                settings.Target,
                $"{await store.Maintenance.PingAsync(cancel)} in {settings.Path}, writable"
            );
        }
        catch (Exception e) when (e is MuseumException or TransientException)
        {
            return Check.Wrong(
                settings.Target,
                (e as MuseumException)?.ExitCode ?? ExitCode.Service,
                e.Message,
                $"check {Key}",
                Key
            );
        }
    }
}
