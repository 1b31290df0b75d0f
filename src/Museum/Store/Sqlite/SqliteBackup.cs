using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>The embedded database's file, copied while others write to it, and put back when nobody does. A copy is
/// believed only after it was read.</summary>
internal static class SqliteBackup
{
    private const int BusySeconds = 2;

    /// <summary>Writes what the database holds at this moment into a new file, and reads that again.</summary>
    /// <param name="check">What else must hold of the copy; throws where it does not.</param>
    /// <returns>How large it is.</returns>
    /// <exception cref="MuseumException">The file is there, cannot be written, or the copy is not sound.</exception>
    public static async Task<long> WriteAsync(
        string database,
        string file,
        Func<string, Task> check,
        CancellationToken cancel
    )
    {
        if (File.Exists(file))
            throw new MuseumException(
                ExitCode.Usage,
                $"{file} is there already: a backup does not overwrite another; name a file that is not"
            );
        var unfinished = $"{file}.unfinished";
        Translated(unfinished, () => Reserve(unfinished));
        try
        {
            await using (var connection = await OpenAsync(database, SqliteOpenMode.ReadWrite, cancel))
                // A snapshot of one instant that delays no writer, without the free pages of the original.
                await AskAsync(connection, "vacuum into @file", cancel, unfinished);
            await CheckAsync(unfinished, cancel);
            await check(unfinished);
            // On the disk before it is called finished.
            await using (var written = File.Open(unfinished, FileMode.Open, FileAccess.ReadWrite))
                written.Flush(flushToDisk: true);
            File.Move(unfinished, file);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        return new FileInfo(file).Length;
    }

    /// <summary>An empty file that nobody else may read, which is then filled.</summary>
    private static void Reserve(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Open(file, options).Dispose();
    }

    /// <summary>Puts a backup in the database's place.</summary>
    /// <param name="aside">Where the database that was there goes.</param>
    /// <exception cref="MuseumException">The backup is not sound, or another process uses the database.</exception>
    public static async Task RestoreAsync(string file, string database, string aside, CancellationToken cancel)
    {
        await CheckAsync(file, cancel);
        var incoming = $"{database}.incoming";
        Translated(file, () => File.Copy(file, incoming, overwrite: true));
        await CheckAsync(incoming, cancel);
        if (File.Exists(database))
        {
            await CloseAsync(database, cancel);
            File.Move(database, aside);
        }

        File.Move(incoming, database);
    }

    /// <exception cref="MuseumException">It is damaged, or no database of ours.</exception>
    public static async Task CheckAsync(string file, CancellationToken cancel)
    {
        if (!File.Exists(file))
            throw new MuseumException(ExitCode.Usage, $"there is no file {file}");
        if (!IsSqlite(file))
            throw Unsound("it is not an SQLite database");
        // Not pooled: a file that is moved or deleted afterwards must not stay open.
        await using var connection = await OpenAsync(file, SqliteOpenMode.ReadOnly, cancel);
        var found = await AskAsync(connection, "pragma integrity_check(1)", cancel);
        if (found != "ok")
            throw Unsound($"it is damaged ({found})");
        if (await AskAsync(connection, "pragma foreign_key_check", cancel) is { } table)
            throw Unsound($"rows of {table} belong to nothing");
        if (await AskAsync(connection, "select 1 from sqlite_master where name = 'schema_migration'", cancel) is null)
            throw Unsound("it is a database, but none of ours");

        MuseumException Unsound(string why) => new(ExitCode.DataRefused, $"{file} is no backup to rely on: {why}");
    }

    private static bool IsSqlite(string file)
    {
        var start = new byte[16];
        Translated(
            file,
            () =>
            {
                using var content = File.OpenRead(file);
                content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            }
        );
        return start.AsSpan().SequenceEqual("SQLite format 3\0"u8);
    }

    /// <summary>Everything into the one file, and nobody else at it: SQLite lets no other process in
    /// meanwhile.</summary>
    private static async Task CloseAsync(string database, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(database, SqliteOpenMode.ReadWrite, cancel);
        string? mode = null;
        try
        {
            mode = await AskAsync(connection, "pragma journal_mode = delete", cancel);
        }
        catch (TransientException)
        {
            // Reported below.
        }

        if (mode != "delete")
            throw new MuseumException(
                ExitCode.Service,
                $"{database} is in use: stop museum consume, serve and load that use it, then restore again"
            );
    }

    private static async Task<SqliteConnection> OpenAsync(string file, SqliteOpenMode mode, CancellationToken cancel)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch (SqliteException e)
        {
            await connection.DisposeAsync();
            throw SqliteFaults.Translate(e, file);
        }
    }

    /// <summary>The first value of the first row; null where there is none, or nothing in it.</summary>
    private static async Task<string?> AskAsync(
        SqliteConnection connection,
        string sql,
        CancellationToken cancel,
        string? file = null
    )
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Our own texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (file is not null)
            command.Parameters.AddWithValue("@file", file);
        try
        {
            var value = await command.ExecuteScalarAsync(cancel);
            return Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Translate(e, connection.DataSource);
        }
    }

    private static void Translated(string file, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(ExitCode.Configuration, $"{file}: {e.Message}", e);
        }
    }
}
