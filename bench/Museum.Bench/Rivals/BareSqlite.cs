using System.CommandLine;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MuseumPipeline.Bench.Rivals;

/// <summary>The rival of the embedded store: cleaned rows by a prepared statement into museum's own empty tables, in
/// one transaction, and nothing else.</summary>
internal static class BareSqlite
{
    public const string Verb = "bare-sqlite";

    /// <summary>The settings of museum's own store.</summary>
    private const string Pragmas =
        "pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on; pragma cache_size = -32768";

    private const string Rating =
        "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, "
        + "rating_type_id) values (?1, ?2, ?3, ?4, ?5, ?6)";

    private const string Support =
        "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, "
        + "source_id, support_type_id) values (?1, ?2, ?3, ?4, ?5, ?6)";

    private static readonly Argument<string> Rows = new("ROWS");
    private static readonly Argument<string> Database = new("DATABASE");
    private static readonly Option<bool> Direct = new("--direct");

    private delegate void Insert(StoredRow row);

    public static Command Create()
    {
        var command = new Command(Verb, "The rival of the embedded store.") { Rows, Database, Direct };
        command.Hidden = true;
        command.SetAction(parsed =>
            Run(parsed.GetRequiredValue(Rows), parsed.GetRequiredValue(Database), parsed.GetValue(Direct))
        );
        return command;
    }

    private static void Run(string rows, string database, bool direct)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using (var pragmas = connection.CreateCommand())
        {
            pragmas.CommandText = Pragmas;
            pragmas.ExecuteNonQuery();
        }

        using var transaction = connection.BeginTransaction();
        if (direct)
            InsertDirectly(rows, connection);
        else
            InsertByCommands(rows, connection, transaction);
        transaction.Commit();
    }

    /// <summary>As the documentation of Microsoft.Data.Sqlite advises: one command, its parameters set again for each
    /// row.</summary>
    /// <remarks>https://learn.microsoft.com/dotnet/standard/data/sqlite/bulk-insert</remarks>
    private static void InsertByCommands(string rows, SqliteConnection connection, SqliteTransaction transaction)
    {
        using var rating = Prepare(Rating);
        using var support = Prepare(Support);
        ForEach(
            rows,
            row =>
            {
                var insert = row.IsSupport ? support : rating;
                insert.Parameters[0].Value = row.Id;
                insert.Parameters[1].Value = Encoding.ASCII.GetString(row.Time);
                insert.Parameters[2].Value = row.Position;
                insert.Parameters[3].Value = row.ExhibitionId;
                insert.Parameters[4].Value = row.SourceId;
                insert.Parameters[5].Value = row.TypeId;
                insert.ExecuteNonQuery();
            }
        );

        SqliteCommand Prepare(string sql)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            for (var number = 1; number <= 6; number++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"?{number}" });
            command.Prepare();
            return command;
        }
    }

    /// <summary>The least that can be done in .NET: SQLite's C functions, no copies.</summary>
    private static void InsertDirectly(string rows, SqliteConnection connection)
    {
        using var rating = Prepare(Rating);
        using var support = Prepare(Support);
        ForEach(
            rows,
            row =>
            {
                var insert = row.IsSupport ? support : rating;
                raw.sqlite3_bind_int64(insert, 1, row.Id);
                raw.sqlite3_bind_text(insert, 2, row.Time);
                raw.sqlite3_bind_int64(insert, 3, row.Position);
                raw.sqlite3_bind_int(insert, 4, row.ExhibitionId);
                raw.sqlite3_bind_int(insert, 5, row.SourceId);
                raw.sqlite3_bind_int(insert, 6, row.TypeId);
                if (raw.sqlite3_step(insert) != raw.SQLITE_DONE)
                    throw new BenchException("SQLite refused a row");
                raw.sqlite3_reset(insert);
            }
        );

        sqlite3_stmt Prepare(string sql) =>
            raw.sqlite3_prepare_v2(connection.Handle, sql, out var statement) == raw.SQLITE_OK
                ? statement
                : throw new BenchException($"SQLite refused: {sql}");
    }

    private static void ForEach(string rows, Insert insert)
    {
        using var file = new FileStream(
            rows,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            0,
            FileOptions.SequentialScan
        );
        var buffer = new byte[StoredRows.Bytes * 4096];
        while (true)
        {
            var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (read == 0)
                return;
            for (var at = 0; at < read; at += StoredRows.Bytes)
                insert(new StoredRow(buffer.AsSpan(at, StoredRows.Bytes)));
        }
    }
}
