using System.Data.Common;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>
/// Rows by prepared statements. While one batch of events is inserted on a thread of its own, the next one is read and judged.
/// </summary>
internal sealed class SqliteRows(SqlStore store, SqliteConnection connection, SqliteTransaction transaction, int museumId, int runId) : EventRows(store)
{
    private readonly SqliteStatement rating = new(
        connection, "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, rating_type_id) values (?, ?, ?, ?, ?, ?)");

    private readonly SqliteStatement support = new(
        connection, "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, support_type_id) values (?, ?, ?, ?, ?, ?)");

    private readonly byte[] time = new byte[28];
    private List<KioskEvent> gathering = [], inserting = [];
    private Task insert = Task.CompletedTask;

    public override void Write(in KioskEvent kioskEvent)
    {
        gathering.Add(kioskEvent);
        Hourly.Add(kioskEvent);
    }

    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        try
        {
            await insert;
        }
        catch (DbException e)
        {
            throw Store.Translate(e);
        }

        (gathering, inserting) = (inserting, gathering);
        gathering.Clear();
        insert = Task.Run(Insert, cancel);
    }

    public override async Task FinishAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        await insert;
        if (Refusals.Count > 0) await InsertRefusalsAsync(cancel);
    }

    private void Insert()
    {
        foreach (ref readonly var row in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(inserting))
        {
            var statement = row.Kind is PressKind.Rating ? rating : support;
            DateTime.UnixEpoch.AddTicks(row.At * TimeSpan.TicksPerMicrosecond).TryFormat(time, out _, "O");
            time[26] = (byte)'Z'; // six decimals instead of seven
            statement.Bind(1, row.Id);
            statement.Bind(2, time.AsSpan(0, 27));
            statement.Bind(3, row.Position);
            statement.Bind(4, row.ExhibitionId);
            statement.Bind(5, row.SourceId);
            statement.Bind(6, row.TypeId);
            statement.Execute();
        }
    }

    private async Task InsertRefusalsAsync(CancellationToken cancel)
    {
        const string Sql = """
            insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, site, exhibition_id,
                                    support_type_id, created_at, received_at, run_id)
            values (@id, @museum, @source, @position, @reason, @detail, @help, @raw, @length, @site, @exhibition, @type, @at, @now, @run)
            """;
        foreach (var refusal in Refusals)
        {
            await using var row = SqlStore.Command(
                connection, transaction, Sql, ("id", EventId.Of(refusal.SourceId, refusal.Position)), ("museum", museumId), ("source", refusal.SourceId),
                ("position", refusal.Position), ("reason", refusal.Reason.Code()), ("detail", refusal.Detail), ("help", refusal.PossibleHelp),
                ("raw", refusal.Raw), ("length", refusal.RawLength), ("site", refusal.Site), ("exhibition", refusal.ExhibitionId),
                ("type", refusal.SupportTypeId), ("at", refusal.At is { } at ? Store.TimeValue(DateTimeOffset.UnixEpoch.AddMicroseconds(at)) : null),
                ("now", Store.TimeValue(Store.Now)), ("run", runId));
            await row.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Nothing may touch the connection while a batch is still being inserted.</summary>
    public override async ValueTask AbandonAsync() => await insert.ContinueWith(static _ => { }, TaskScheduler.Default);

    public override void Dispose()
    {
        rating.Dispose();
        support.Dispose();
    }
}
