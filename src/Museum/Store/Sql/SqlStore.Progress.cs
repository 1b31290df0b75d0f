using System.Data.Common;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Ledger and position, moved in the transaction of the rows.</summary>
public abstract partial class SqlStore
{
    internal async Task WriteProgressAsync(
        DbConnection connection,
        DbTransaction transaction,
        int sourceId,
        int runId,
        LoadProgress progress,
        CancellationToken cancel
    )
    {
        var sql = $"""
            update source
            set state = @state, next_byte = @byte, next_position = @position, epoch = epoch + 1, header = coalesce(cast(@header as {BytesType}), header), updated_at = @now,
                read = read + @read, ratings = ratings + @ratings, support = support + @support, quarantined = quarantined + @quarantined,
                skipped = skipped + @skipped, possible_help = possible_help + @help
            where source_id = @source
            """;
        var counts = progress.Counts;
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                sql,
                ("state", Word(progress.State)),
                ("byte", progress.NextByte),
                ("position", progress.NextPosition),
                ("header", progress.Header),
                ("now", TimeValue(Now)),
                ("read", progress.NewlyRead),
                ("ratings", counts.Ratings),
                ("support", counts.Support),
                ("quarantined", counts.Quarantined),
                ("skipped", progress.SkippedChange),
                ("help", counts.PossibleHelp),
                ("source", sourceId)
            ),
            cancel
        );
        await AddToRunAsync(connection, transaction, runId, sourceId, counts, cancel);
    }

    private async Task AddToRunAsync(
        DbConnection connection,
        DbTransaction transaction,
        int runId,
        int sourceId,
        Counts counts,
        CancellationToken cancel
    )
    {
        const string Sql = """
            insert into run_source (run_id, source_id, read, ratings, support, quarantined, already, skipped, possible_help, updated_at)
            values (@run, @source, @read, @ratings, @support, @quarantined, @already, @skipped, @help, @now)
            on conflict (run_id, source_id) do update
            set read = run_source.read + excluded.read, ratings = run_source.ratings + excluded.ratings, support = run_source.support + excluded.support,
                quarantined = run_source.quarantined + excluded.quarantined, already = run_source.already + excluded.already,
                skipped = run_source.skipped + excluded.skipped, possible_help = run_source.possible_help + excluded.possible_help, updated_at = excluded.updated_at
            """;
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                Sql,
                ("run", runId),
                ("source", sourceId),
                ("read", counts.Read),
                ("ratings", counts.Ratings),
                ("support", counts.Support),
                ("quarantined", counts.Quarantined),
                ("already", counts.Already),
                ("skipped", counts.Skipped),
                ("help", counts.PossibleHelp),
                ("now", TimeValue(Now))
            ),
            cancel
        );
    }
}
