using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Rows by COPY in PostgreSQL's binary format. Ratings are sent while the object is still being read; calls
/// for help are few and wait, since one connection can copy into only one table at a time.</summary>
internal sealed class PostgresRows(SqlSession session, int museumId, int runId) : EventRows
{
    private readonly NpgsqlConnection connection = (NpgsqlConnection)session.Connection;

    private readonly CopyBuffer ratings = new(),
        support = new();
    private NpgsqlRawCopyStream? copy;

    public override void Write(in KioskEvent kioskEvent)
    {
        if (kioskEvent.Kind is PressKind.Rating)
            ratings.Add(kioskEvent);
        else
            support.AddCall(kioskEvent);
        Hourly.Add(kioskEvent);
    }

    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (ratings.IsEmpty)
            return;
        try
        {
            copy ??= await connection.BeginRawBinaryCopyAsync(
                "copy rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, "
                    + "rating_type_id) from stdin (format binary)",
                cancel
            );
            await copy.WriteAsync(ratings.Take(), cancel);
        }
        catch (Exception e) when (SqlDatabase.IsDriverFault(e))
        {
            throw session.Database.Translate(e);
        }
    }

    public override async ValueTask PauseAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        await EndCopyAsync(ratings, cancel);
    }

    public override async Task FinishAsync(CancellationToken cancel)
    {
        await PauseAsync(cancel);
        if (!support.IsEmpty)
        {
            copy = await connection.BeginRawBinaryCopyAsync(
                "copy support_instance (support_instance_id, instance_created_at, position, exhibition_id, "
                    + "source_id, support_type_id, arrived_at, clock_wrong) from stdin (format binary)",
                cancel
            );
            await copy.WriteAsync(support.Take(), cancel);
            await EndCopyAsync(support, cancel);
        }

        if (Refusals.Count > 0)
            await CopyRefusalsAsync(cancel);
    }

    private async Task EndCopyAsync(CopyBuffer rows, CancellationToken cancel)
    {
        if (copy is null)
            return;
        await copy.WriteAsync(rows.TakeTrailer(), cancel);
        var done = copy;
        copy = null;
        await done.DisposeAsync();
    }

    private async Task CopyRefusalsAsync(CancellationToken cancel)
    {
        var now = StoredInstants.MicrosecondsOf(session.Now);
        copy = await connection.BeginRawBinaryCopyAsync(
            $"copy quarantine ({CopyBuffer.RefusalColumns}) from stdin (format binary)",
            cancel
        );
        var rows = new CopyBuffer();
        foreach (var refusal in Refusals)
        {
            rows.Add(refusal, museumId, now, runId);
            if (rows.IsLarge)
                await copy.WriteAsync(rows.Take(), cancel);
        }

        await copy.WriteAsync(rows.Take(), cancel);
        await EndCopyAsync(rows, cancel);
    }

    public override async ValueTask AbandonAsync()
    {
        if (copy is null)
            return;
        try
        {
            await copy.CancelAsync();
        }
        catch (Exception e)
            when (SqlDatabase.IsDriverFault(e) || e is InvalidOperationException or OperationCanceledException)
        {
            // A broken or ended copy cannot be stopped; the rollback that follows removes its rows.
        }

        await SqlDatabase.DisposeQuietlyAsync(copy);
    }

    /// <summary>The garbage collector frees its buffers.</summary>
    public override void Dispose() { }
}
