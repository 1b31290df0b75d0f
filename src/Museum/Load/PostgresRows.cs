using MuseumPipeline.Model;
using Npgsql;
using NpgsqlTypes;

namespace MuseumPipeline.Load;

/// <summary>
/// Rows by COPY in PostgreSQL's binary form. Ratings stream while the object is still being read; calls for help are few and wait,
/// since one connection can copy into one table at a time.
/// </summary>
internal sealed class PostgresRows(SqlStore store, NpgsqlConnection connection, int museumId, int runId) : EventRows(store)
{
    private readonly CopyBuffer ratings = new(), support = new();
    private NpgsqlRawCopyStream? copy;

    public override void Write(in KioskEvent kioskEvent)
    {
        (kioskEvent.Kind is PressKind.Rating ? ratings : support).Add(kioskEvent);
        Hourly.Add(kioskEvent);
    }

    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (ratings.IsEmpty) return;
        try
        {
            copy ??= await connection.BeginRawBinaryCopyAsync(
                "copy rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, rating_type_id) from stdin (format binary)", cancel);
            await copy.WriteAsync(ratings.Take(), cancel);
        }
        catch (Exception e) when (SqlStore.IsDriverFault(e))
        {
            throw Store.Translate(e);
        }
    }

    public override async Task FinishAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        await EndCopyAsync(ratings, cancel);
        if (!support.IsEmpty)
        {
            copy = await connection.BeginRawBinaryCopyAsync(
                "copy support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, support_type_id) from stdin (format binary)", cancel);
            await copy.WriteAsync(support.Take(), cancel);
            await EndCopyAsync(support, cancel);
        }

        if (Refusals.Count > 0) await CopyRefusalsAsync(cancel);
    }

    private async Task EndCopyAsync(CopyBuffer rows, CancellationToken cancel)
    {
        if (copy is null) return;
        await copy.WriteAsync(rows.TakeTrailer(), cancel);
        var done = copy;
        copy = null;
        await done.DisposeAsync();
    }

    private async Task CopyRefusalsAsync(CancellationToken cancel)
    {
        var now = Store.Now.UtcDateTime;
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            copy quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, site, exhibition_id, support_type_id,
                             created_at, received_at, run_id) from stdin (format binary)
            """,
            cancel);
        foreach (var refusal in Refusals)
        {
            await rows.StartRowAsync(cancel);
            await rows.WriteAsync(EventId.Of(refusal.SourceId, refusal.Position), NpgsqlDbType.Bigint, cancel);
            await rows.WriteAsync(museumId, NpgsqlDbType.Integer, cancel);
            await rows.WriteAsync(refusal.SourceId, NpgsqlDbType.Integer, cancel);
            await rows.WriteAsync(refusal.Position, NpgsqlDbType.Bigint, cancel);
            await rows.WriteAsync(refusal.Reason.Code(), NpgsqlDbType.Text, cancel);
            await rows.WriteAsync(refusal.Detail, NpgsqlDbType.Text, cancel);
            await rows.WriteAsync(refusal.PossibleHelp, NpgsqlDbType.Boolean, cancel);
            await rows.WriteAsync(refusal.Raw, NpgsqlDbType.Bytea, cancel);
            await rows.WriteAsync(refusal.RawLength, NpgsqlDbType.Bigint, cancel);
            await WriteOrNullAsync(rows, refusal.Site, NpgsqlDbType.Text, cancel);
            await WriteOrNullAsync(rows, refusal.ExhibitionId, NpgsqlDbType.Integer, cancel);
            await WriteOrNullAsync(rows, refusal.SupportTypeId, NpgsqlDbType.Smallint, cancel);
            await WriteOrNullAsync(rows, refusal.At is { } at ? DateTime.UnixEpoch.AddMicroseconds(at) : (DateTime?)null, NpgsqlDbType.TimestampTz, cancel);
            await rows.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
            await rows.WriteAsync(runId, NpgsqlDbType.Integer, cancel);
        }

        await rows.CompleteAsync(cancel);
    }

    private static Task WriteOrNullAsync<T>(NpgsqlBinaryImporter rows, T? value, NpgsqlDbType type, CancellationToken cancel) =>
        value is null ? rows.WriteNullAsync(cancel) : rows.WriteAsync(value, type, cancel);

    public override async ValueTask AbandonAsync()
    {
        if (copy is null) return;
        try
        {
            await copy.CancelAsync();
        }
        catch (Exception e) when (SqlStore.IsDriverFault(e) || e is InvalidOperationException or OperationCanceledException)
        {
            // A broken or already ended copy leaves nothing to stop; the rollback that follows removes its rows.
        }

        await SqlStore.DisposeQuietlyAsync(copy);
    }

    /// <summary>Its buffers are the collector's.</summary>
    public override void Dispose()
    {
    }
}
