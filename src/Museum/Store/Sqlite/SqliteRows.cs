using System.Data.Common;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>
/// Rows by prepared statements. While one batch of events is inserted on a thread of its own, the next one is read and
/// judged.
/// </summary>
internal sealed class SqliteRows(SqlSession session, int museumId, int runId) : EventRows
{
    private readonly SqliteStatement rating = new(
        (SqliteConnection)session.Connection,
        "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, "
            + "rating_type_id) values (?, ?, ?, ?, ?, ?)"
    );

    private readonly SqliteStatement support = new(
        (SqliteConnection)session.Connection,
        "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, "
            + "source_id, support_type_id, arrived_at, clock_wrong) values (?, ?, ?, ?, ?, ?, ?, ?)"
    );

    private readonly SqliteStatement refusal = new(
        (SqliteConnection)session.Connection,
        """
        insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, site, exhibition_id,
                                support_type_id, created_at, received_at, run_id, clock_wrong)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    );

    private readonly byte[] time = new byte[28];
    private readonly List<Refusal> refusing = [];
    private List<KioskEvent> gathering = [],
        inserting = [];
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
            throw session.Database.Translate(e);
        }

        (gathering, inserting) = (inserting, gathering);
        gathering.Clear();
        refusing.Clear();
        refusing.AddRange(Refusals);
        Refusals.Clear();
        insert = Task.Run(Insert, cancel);
    }

    public override async ValueTask PauseAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        await insert;
    }

    public override Task FinishAsync(CancellationToken cancel) => PauseAsync(cancel).AsTask();

    private void Insert()
    {
        foreach (ref readonly var row in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(inserting))
        {
            var statement = row.Kind is PressKind.Rating ? rating : support;
            StoredInstants.Of(row.At).UtcDateTime.TryFormat(time, out _, "O");
            time[26] = (byte)'Z'; // six decimals instead of seven
            statement.Bind(1, row.Id);
            statement.Bind(2, time.AsSpan(0, 27));
            statement.Bind(3, row.Position);
            statement.Bind(4, row.ExhibitionId);
            statement.Bind(5, row.SourceId);
            statement.Bind(6, row.TypeId);
            if (row.Kind is PressKind.Support)
                BindArrival(row);
            statement.Execute();
        }

        InsertRefusals();
    }

    private void BindArrival(in KioskEvent row)
    {
        var arrived = row.Arrival.At;
        support.Bind(7, arrived == 0 ? null : SqliteDialect.Text(StoredInstants.Of(arrived)));
        support.Bind(8, row.ClockWrong ? 1 : 0);
    }

    private void InsertRefusals()
    {
        var now = SqliteDialect.Text(session.Now);
        foreach (var row in refusing)
        {
            refusal.Bind(1, EventId.Of(row.SourceId, row.Position));
            refusal.Bind(2, museumId);
            refusal.Bind(3, row.SourceId);
            refusal.Bind(4, row.Position);
            refusal.Bind(5, row.Reason.Code());
            refusal.Bind(6, row.Detail);
            refusal.Bind(7, row.PossibleHelp ? 1 : 0);
            refusal.BindBlob(8, row.Raw);
            refusal.Bind(9, row.RawLength);
            refusal.Bind(10, row.Site);
            refusal.Bind(11, row.ExhibitionId);
            refusal.Bind(12, row.SupportTypeId);
            refusal.Bind(13, row.At is { } at ? SqliteDialect.Text(StoredInstants.Of(at)) : null);
            refusal.Bind(14, row.Arrived is { } arrived ? SqliteDialect.Text(StoredInstants.Of(arrived)) : now);
            refusal.Bind(15, runId);
            refusal.Bind(16, row.ClockWrong ? 1 : 0);
            refusal.Execute();
        }
    }

    /// <summary>Nothing may use the connection while a batch is still being inserted.</summary>
    public override async ValueTask AbandonAsync() => await insert.ContinueWith(static _ => { }, TaskScheduler.Default);

    public override void Dispose()
    {
        rating.Dispose();
        support.Dispose();
        refusal.Dispose();
    }
}
