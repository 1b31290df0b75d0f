using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Sqlite;
using Spectre.Console;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db backup</c> and <c>restore</c>: for the embedded database's file. PostgreSQL has its
/// own.</summary>
internal static class DbBackup
{
    private static readonly Argument<string> File = new("FILE") { Description = "The backup" };

    private static readonly Option<bool> Yes = new("--yes")
    {
        Description = "Restore it; without this, only print what would be put aside",
    };

    public static IEnumerable<Command> Create()
    {
        var backup = new Command(
            "backup",
            "Copy the embedded database into a new file while others use it, and read the copy again"
        );
        var restore = new Command(
            "restore",
            "Replace the embedded database by a backup; the old file is kept beside it"
        );
        foreach (var command in (Command[])[backup, restore])
            command.Arguments.Add(File);
        Session.Act(backup.WithCommon(), Needs.Database, BackUpAsync);
        Session.Act(restore.WithCommon(Yes), Needs.Database | Needs.Writes, RestoreAsync);
        return [backup, restore];
    }

    private static async Task<ExitCode> BackUpAsync(Session session, CancellationToken cancel)
    {
        var (database, file) = Files(session);
        Require(database);
        if (Path.GetDirectoryName(file) is { } directory && !Directory.Exists(directory))
            throw new MuseumException(
                ExitCode.Configuration,
                $"{file}: there is no directory {directory}: create it, or name a file elsewhere"
            );
        var bytes = await SqliteBackup.WriteAsync(database, file, copy => BalancedAsync(session, copy, cancel), cancel);
        Tell(session, new("db backup", file, bytes, null), $"Backed up to {file}, {Megabytes(bytes)}, and read again.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> RestoreAsync(Session session, CancellationToken cancel)
    {
        var (database, file) = Files(session);
        await SqliteBackup.CheckAsync(file, cancel);
        var aside = System.IO.File.Exists(database)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{database}.{session.Clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}"
            )
            : null;
        if (!session.Parsed.GetValue(Yes))
            throw new MuseumException(
                ExitCode.Usage,
                $"nothing was restored: this would put {file} in the place of {database}"
                    + $"{(aside is null ? "" : $", which would then be called {aside}")}. Add --yes to do it."
            );
        await SqliteBackup.RestoreAsync(file, database, aside ?? "", cancel);
        var bytes = new FileInfo(database).Length;
        Tell(
            session,
            new("db restore", database, bytes, aside),
            $"Restored {database} from {file}, {Megabytes(bytes)}."
                + $"{(aside is null ? "" : $" What was there is {aside}.")}"
        );
        return ExitCode.Done;
    }

    /// <summary>An intact file is not enough: tables, ledger and counts must agree.</summary>
    private static async Task BalancedAsync(Session session, string file, CancellationToken cancel)
    {
        await using var copy = Connections.OpenStore(new EmbeddedSettings(file), session.Clock);
        if (!(await copy.Maintenance.StatusAsync(cancel)).Balanced)
            throw new MuseumException(
                ExitCode.DataRefused,
                "nothing was kept: the ledger of the copy does not balance: see museum db status"
            );
    }

    private static (string Database, string File) Files(Session session) =>
        session.Settings.Database is EmbeddedSettings embedded
            ? (embedded.Path, Path.GetFullPath(session.Parsed.GetRequiredValue(File)))
            : throw new MuseumException(
                ExitCode.Usage,
                "the database is PostgreSQL, which brings its own: pg_dump -Fc for a copy, pg_basebackup with the "
                    + "archived log for any moment (docs/runbooks/restore.md). --database FILE is the embedded one"
            );

    private static void Require(string database)
    {
        if (!System.IO.File.Exists(database))
            throw new MuseumException(
                ExitCode.Configuration,
                $"there is no database {database}: MUSEUM_DATABASE or --database names another"
            );
    }

    private static string Megabytes(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");

    private static void Tell(Session session, BackupJson json, string text)
    {
        if (session.Json)
            JsonOutput.Print(json, DbShapes.Default.BackupJson);
        else
            Terminal.Out.MarkupLine(Show.Text(text));
    }
}

/// <summary>The keys and their order are a contract.</summary>
/// <param name="Aside">Where the database that was there before is now.</param>
internal sealed record BackupJson(string Command, string File, long Bytes, string? Aside);
