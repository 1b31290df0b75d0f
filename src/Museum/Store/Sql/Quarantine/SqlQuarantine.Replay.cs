using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Sql.Quarantine;

/// <summary>Turning refusals into events after all.</summary>
internal sealed partial class SqlQuarantine
{
    public Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    ) =>
        database.TransactAsync(
            async session =>
            {
                var hourly = new HourlyCounts();
                var bySource = new SortedDictionary<int, Counts>();
                foreach (var kioskEvent in loaded)
                {
                    if (await ReleaseAsync(session, kioskEvent, runId) is not { } counts)
                        continue;
                    hourly.Add(kioskEvent);
                    Count(kioskEvent.SourceId, counts);
                }

                var newlyHelp = new Dictionary<int, int>();
                foreach (var refusal in refused)
                {
                    if (refusal.PossibleHelp && await MarkHelpAsync(session, refusal))
                        newlyHelp[refusal.SourceId] = newlyHelp.GetValueOrDefault(refusal.SourceId) + 1;
                    if (await ReexplainAsync(session, refusal))
                        Count(refusal.SourceId, new Counts(1, 0, 0, 1, 0, 0, refusal.PossibleHelp ? 1 : 0));
                }

                foreach (var (sourceId, counts) in bySource)
                {
                    if (counts.Ratings + counts.Support > 0)
                        await session.ReleaseInSourceAsync(sourceId, counts);
                    if (newlyHelp.GetValueOrDefault(sourceId) is > 0 and var calls)
                        await AddHelpAsync(session, sourceId, calls);
                    await session.ExecuteAsync(session.AddToRun(runId, sourceId, counts));
                }

                await bulk.AddAsync(session, hourly);
                var all = bySource.Values.Aggregate(default(Counts), Counts.Add);
                return new ReplayCounts(all.Ratings, all.Support, all.Quarantined);

                void Count(int sourceId, Counts counts) =>
                    bySource[sourceId] = bySource.GetValueOrDefault(sourceId) + counts;
            },
            cancel
        );

    private const string InsertRating = """
        insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id,
            rating_type_id)
        values (@id, @at, @position, @exhibition, @source, @type)
        """;

    private const string InsertCall = $"""
        insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id,
            support_type_id, arrived_at, clock_wrong)
        select @id, @at, @position, @exhibition, @source, @type,
               case when s.kind = '{SourceIdentity.Stream}' then q.received_at end, q.clock_wrong
        from quarantine q join source s on s.source_id = q.source_id where q.quarantine_id = @id
        """;

    /// <summary>Marks a refusal as replayed and stores its event; null if it is no longer held (somebody else was
    /// quicker).</summary>
    private static async Task<Counts?> ReleaseAsync(SqlSession session, KioskEvent kioskEvent, int runId)
    {
        const string Release = """
            update quarantine set state = 'replayed', resolved_at = @now, resolved_run_id = @run
            where quarantine_id = @id and state = 'held' returning possible_help
            """;
        var help = await session.ReadAsync(
            Release,
            r => r.Flag(),
            ("id", kioskEvent.Id),
            ("now", session.Now),
            ("run", runId)
        );
        if (help.Count == 0)
            return null;
        var rating = kioskEvent.Kind is PressKind.Rating;
        await session.ExecuteAsync(
            rating ? InsertRating : InsertCall,
            ("id", kioskEvent.Id),
            ("at", StoredInstants.Of(kioskEvent.At)),
            ("position", kioskEvent.Position),
            ("exhibition", kioskEvent.ExhibitionId),
            ("source", kioskEvent.SourceId),
            ("type", kioskEvent.TypeId)
        );
        return new Counts(1, rating ? 1 : 0, rating ? 0 : 1, 0, 0, 0, help[0] ? 1 : 0);
    }

    private static async Task<bool> ReexplainAsync(SqlSession session, Refusal refusal)
    {
        const string Sql = """
            update quarantine set reason = @reason, detail = @detail, site = @site,
                exhibition_id = coalesce(cast(@exhibition as integer), exhibition_id),
                support_type_id = coalesce(cast(@type as smallint), support_type_id)
            where quarantine_id = @id and state = 'held'
            """;
        return await session.ExecuteAsync(
                Sql,
                ("reason", refusal.Reason.Code()),
                ("detail", refusal.Detail),
                ("site", refusal.Site),
                ("exhibition", refusal.ExhibitionId),
                ("type", refusal.SupportTypeId),
                ("id", EventId.Of(refusal.SourceId, refusal.Position))
            ) == 1;
    }

    /// <summary>True for what is recognised as a call for help now and was not when it was refused.</summary>
    private static async Task<bool> MarkHelpAsync(SqlSession session, Refusal refusal)
    {
        const string Sql = """
            update quarantine set possible_help = true
            where quarantine_id = @id and state = 'held' and not possible_help
            """;
        return await session.ExecuteAsync(Sql, ("id", EventId.Of(refusal.SourceId, refusal.Position))) == 1;
    }

    private static Task<int> AddHelpAsync(SqlSession session, int sourceId, int calls)
    {
        const string Sql = """
            update source set possible_help = possible_help + @calls, epoch = epoch + 1, updated_at = @now
            where source_id = @source
            """;
        return session.ExecuteAsync(Sql, ("calls", calls), ("source", sourceId), ("now", session.Now));
    }
}
