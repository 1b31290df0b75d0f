using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>The counts of a source and of a run, updated in the transaction of the rows.</summary>
internal static class SqlLedger
{
    /// <summary>Positions of a source that are stored, whatever happened to them since.</summary>
    public const string PositionsBetween = """
        select position from rating_instance where rating_instance_id between @first and @last
        union all select position from support_instance where support_instance_id between @first and @last
        union all select position from quarantine where quarantine_id between @first and @last
        """;

    /// <summary>No exhibition may be deleted between judging and commit: referential integrity for the price of one
    /// query.</summary>
    public static Statement HoldExhibitions(this SqlSession session, int museumId) =>
        new(
            $"select exhibition_id from exhibition where museum_id = @museum{session.Dialect.ForKeyShare}",
            ("museum", museumId)
        );

    /// <summary>A new row of the ledger, at its beginning.</summary>
    /// <exception cref="MuseumException">The ids for sources have run out.</exception>
    /// <param name="number">The number it must have; null for the next.</param>
    public static async Task<int> AddSourceAsync(
        this SqlSession session,
        SourceIdentity identity,
        int? replaces,
        int? number = null
    )
    {
        var (column, value) = number is null
            ? ("", "")
            : ("source_id, ", $"{number.Value.ToString(CultureInfo.InvariantCulture)}, ");
        var sql = $"""
            insert into source ({column}museum_id, kind, location, name, version, size, replaces, state, created_at,
                updated_at)
            values ({value}@museum, @kind, @location, @name, @version, @size, cast(@replaces as integer), 'loading', @now,
                @now)
            returning source_id
            """;
        var id = (
            await session.NumberAsync(
                sql,
                ("museum", identity.MuseumId),
                ("kind", identity.Kind),
                ("location", identity.Location),
                ("name", identity.Name),
                ("version", identity.Version),
                ("size", identity.Size),
                ("replaces", replaces),
                ("now", session.Now)
            )
        )!.Value;
        return session.Checked("source", id, EventId.LastSource);
    }

    public static Task AdvanceSourceAsync(this SqlSession session, int sourceId, LoadProgress progress)
    {
        var sql = $"""
            update source
            set state = @state, next_byte = @byte, next_position = @position, epoch = epoch + 1,
                header = coalesce(cast(@header as {session.Dialect.BytesType}), header), updated_at = @now,
                read = read + @read, ratings = ratings + @ratings, support = support + @support,
                quarantined = quarantined + @quarantined, skipped = skipped + @skipped,
                possible_help = possible_help + @help, own_repeats = own_repeats + @repeats
            where source_id = @source
            """;
        var counts = progress.Counts;
        return session.ExecuteAsync(
            sql,
            ("state", Words.Of(progress.State)),
            ("byte", progress.NextByte),
            ("position", progress.NextPosition),
            ("header", progress.Header),
            ("now", session.Now),
            ("read", progress.NewlyRead),
            ("ratings", counts.Ratings),
            ("support", counts.Support),
            ("quarantined", counts.Quarantined),
            ("skipped", progress.SkippedChange),
            ("repeats", progress.OwnRepeats),
            ("help", counts.PossibleHelp),
            ("source", sourceId)
        );
    }

    public static Statement AdvancePartition(this SqlSession session, PartitionMove move, Counts counts)
    {
        const string Sql = """
            update source
            set next_position = @next, next_byte = @next, epoch = epoch + 1, updated_at = @now, read = read + @read,
                ratings = ratings + @ratings, support = support + @support,
                quarantined = quarantined + @quarantined, possible_help = possible_help + @help
            where source_id = @source
            """;
        return new(
            Sql,
            ("next", move.NextOffset),
            ("now", session.Now),
            ("read", counts.Read - counts.Already),
            ("ratings", counts.Ratings),
            ("support", counts.Support),
            ("quarantined", counts.Quarantined),
            ("help", counts.PossibleHelp),
            ("source", move.Claim.SourceId)
        );
    }

    /// <summary>From quarantine to events.</summary>
    public static Task ReleaseInSourceAsync(this SqlSession session, int sourceId, Counts counts)
    {
        const string Sql = """
            update source
            set quarantined = quarantined - @moved, ratings = ratings + @ratings, support = support + @support,
                epoch = epoch + 1, updated_at = @now
            where source_id = @source
            """;
        return session.ExecuteAsync(
            Sql,
            ("moved", counts.Ratings + counts.Support),
            ("ratings", counts.Ratings),
            ("support", counts.Support),
            ("now", session.Now),
            ("source", sourceId)
        );
    }

    public static Statement AddToRun(this SqlSession session, int runId, int sourceId, Counts counts)
    {
        const string Sql = """
            insert into run_source (run_id, source_id, read, ratings, support, quarantined, already, skipped,
                possible_help, updated_at)
            values (@run, @source, @read, @ratings, @support, @quarantined, @already, @skipped, @help, @now)
            on conflict (run_id, source_id) do update
            set read = run_source.read + excluded.read, ratings = run_source.ratings + excluded.ratings,
                support = run_source.support + excluded.support,
                quarantined = run_source.quarantined + excluded.quarantined,
                already = run_source.already + excluded.already, skipped = run_source.skipped + excluded.skipped,
                possible_help = run_source.possible_help + excluded.possible_help, updated_at = excluded.updated_at
            """;
        return new(
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
            ("now", session.Now)
        );
    }
}
