using System.Data.Common;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using SQLitePCL;

namespace MuseumPipeline.Load;

/// <summary>A load by prepared statements, spoken to SQLite directly: the ADO.NET layer above it costs as much as the insert itself.</summary>
internal sealed class SqliteLoad : SqlLoad
{
    private readonly SqliteConnection connection;
    private readonly SqliteTransaction transaction;
    private readonly sqlite3_stmt rating, support;
    private readonly byte[] time = new byte[28];

    public SqliteLoad(
        SqlStore store, SqliteConnection connection, SqliteTransaction transaction, Claim claim, int sourceId, int runId, HourlyCounts hourly)
        : base(store, connection, transaction, claim, sourceId, runId, hourly)
    {
        this.connection = connection;
        this.transaction = transaction;
        rating = Prepare("insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, rating_type_id) values (?, ?, ?, ?, ?, ?)");
        support = Prepare("insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, support_type_id) values (?, ?, ?, ?, ?, ?)");
    }

    private sqlite3 Database => connection.Handle!;

    public override void Write(in KioskEvent kioskEvent)
    {
        var statement = kioskEvent.Kind is PressKind.Rating ? rating : support;
        DateTime.UnixEpoch.AddTicks(kioskEvent.At * TimeSpan.TicksPerMicrosecond).TryFormat(time, out _, "O");
        time[26] = (byte)'Z'; // six decimals instead of seven
        raw.sqlite3_bind_int64(statement, 1, kioskEvent.Id);
        raw.sqlite3_bind_text(statement, 2, time.AsSpan(0, 27));
        raw.sqlite3_bind_int64(statement, 3, kioskEvent.Position);
        raw.sqlite3_bind_int(statement, 4, kioskEvent.ExhibitionId);
        raw.sqlite3_bind_int(statement, 5, kioskEvent.SourceId);
        raw.sqlite3_bind_int(statement, 6, kioskEvent.TypeId);
        var result = raw.sqlite3_step(statement);
        if (result != raw.SQLITE_DONE) Throw(result);
        raw.sqlite3_reset(statement);
        Hourly.Add(kioskEvent);
    }

    public override ValueTask FlushAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    protected override async Task FinishRowsAsync(CancellationToken cancel)
    {
        if (Refusals.Count == 0) return;
        const string Sql = """
            insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, site, exhibition_id,
                                    support_type_id, created_at, received_at, run_id)
            values (@id, @museum, @source, @position, @reason, @detail, @help, @raw, @length, @site, @exhibition, @type, @at, @now, @run)
            """;
        foreach (var refusal in Refusals)
        {
            await using var insert = SqlStore.Command(
                connection, transaction, Sql, ("id", EventId.Of(refusal.SourceId, refusal.Position)), ("museum", MuseumId), ("source", refusal.SourceId),
                ("position", refusal.Position), ("reason", refusal.Reason.Code()), ("detail", refusal.Detail), ("help", refusal.PossibleHelp),
                ("raw", refusal.Raw), ("length", refusal.RawLength), ("site", refusal.Site), ("exhibition", refusal.ExhibitionId),
                ("type", refusal.SupportTypeId), ("at", refusal.At is { } at ? Store.TimeValue(DateTimeOffset.UnixEpoch.AddMicroseconds(at)) : null),
                ("now", Store.TimeValue(Store.Now)), ("run", RunId));
            await insert.ExecuteNonQueryAsync(cancel);
        }
    }

    protected override ValueTask AbandonAsync() => ValueTask.CompletedTask;

    private sqlite3_stmt Prepare(string sql)
    {
        var result = raw.sqlite3_prepare_v2(Database, sql, out var statement);
        if (result != raw.SQLITE_OK) Throw(result);
        return statement;
    }

    private void Throw(int result)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(result, Database);
        }
        catch (DbException e)
        {
            throw Store.Translate(e);
        }
    }

    protected override void Release()
    {
        rating.Dispose();
        support.Dispose();
    }
}
