using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Calls;

/// <summary>Incidents. A lock on the press serialises two people who act at the same time. <c>SqlIncidents.Acts.cs</c>
/// records what is done, <c>SqlIncidents.Watch.cs</c> counts what is open.</summary>
internal sealed partial class SqlIncidents(SqlDatabase database, IAnnouncer announcer) : IIncidents
{
    public async Task<IReadOnlyList<OverduePress>> OverdueAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        DateTimeOffset wentBefore,
        int most,
        CancellationToken cancel
    )
    {
        const string Sql = $"""
            select p.id, p.museum_id, coalesce(d.at, p.at)
            from (
              select i.support_instance_id as id, s.museum_id, {HelpSql.When} as at
              from support_instance i join source s on s.source_id = i.source_id
                join support_type t on t.support_type_id = i.support_type_id
              where s.kind = '{SourceIdentity.Stream}' and t.emergency
                and {HelpSql.When} >= @since and {HelpSql.When} <= @until
              union all
              select q.quarantine_id, s.museum_id, q.received_at
              from museum m join quarantine q on q.museum_id = m.museum_id and {HelpSql.Held}
                  and {HelpSql.HeldWhen} >= @since
                join source s on s.source_id = q.source_id
                join support_type t on t.support_type_id = q.support_type_id
              where s.kind = '{SourceIdentity.Stream}' and t.emergency
                and q.received_at >= @since and q.received_at <= @until) p
            left join incident_action d on d.incident_action_id = ({HelpSql.Decision} p.id)
            where (d.action is null or (d.action = 'reopen' and d.at <= @until) or (d.action = 'take' and d.at <= @went))
              and not exists (select 1 from escalation e where e.press_id = p.id
                                and e.escalated_at > coalesce(d.at, p.at))
            order by 3, 1
            limit @most
            """;
        return await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    Sql,
                    r => new OverduePress(r.Long(), r.Int(), r.Time()),
                    ("since", since),
                    ("until", until),
                    ("went", wentBefore),
                    ("most", most)
                ),
            cancel
        );
    }

    public async Task<bool> EscalateAsync(OverduePress press, CancellationToken cancel)
    {
        const string Sql = """
            insert into escalation (press_id, museum_id, escalated_at, since) values (@press, @museum, @now, @since)
            on conflict (press_id, since) do nothing
            """;
        var (mine, announcement) = await database.TransactAsync<(bool, HelpAnnouncement?)>(
            async session =>
            {
                var taken = await session.ExecuteAsync(
                    Sql,
                    ("press", press.PressId),
                    ("museum", press.MuseumId),
                    ("since", press.OpenSince),
                    ("now", session.Now)
                );
                if (taken == 0)
                    return (false, null);
                var news = (await LockAsync(session, press.PressId))?.Announcement(press.PressId);
                if (news is not null)
                    await announcer.AnnounceAsync(session, news);
                return (true, news);
            },
            cancel
        );
        if (announcement is not null)
            announcer.Announced(announcement);
        return mine;
    }

    public async Task<IReadOnlyList<Escalation>> UndeliveredAsync(
        DateTimeOffset since,
        int attempts,
        CancellationToken cancel
    ) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    "select press_id, museum_id, escalated_at, attempts from escalation where delivered_at is null "
                        + "and escalated_at >= @since and attempts < @most order by escalated_at",
                    r => new Escalation(r.Long(), r.Int(), r.Time(), r.Int()),
                    ("since", since),
                    ("most", attempts)
                ),
            cancel
        );

    public Task<bool> AttemptAsync(Escalation escalation, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
                await session.ExecuteAsync(
                    "update escalation set attempts = attempts + 1 where press_id = @press and escalated_at = @which "
                        + "and attempts = @attempts and delivered_at is null",
                    ("press", escalation.PressId),
                    ("which", escalation.EscalatedAt),
                    ("attempts", escalation.Attempts)
                ) == 1,
            cancel
        );

    public Task AttemptedAsync(Escalation escalation, string? problem, CancellationToken cancel) =>
        database.TransactAsync(
            session =>
                session.ExecuteAsync(
                    "update escalation set delivered_at = @at, problem = @problem where press_id = @press and "
                        + "escalated_at = @which and delivered_at is null",
                    ("press", escalation.PressId),
                    ("which", escalation.EscalatedAt),
                    ("at", problem is null ? session.Now : null),
                    ("problem", problem)
                ),
            cancel
        );

    public Task<int> ForgetNotesAsync(DateTimeOffset before, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "update operator_action set detail = '' where target like 'press %' and at < @before and detail <> ''",
                    ("before", before)
                );
                return await session.ExecuteAsync(
                    "update incident_action set note = '' where at < @before and note <> ''",
                    ("before", before)
                );
            },
            cancel
        );

    /// <summary>Locks the press until the transaction ends; null if no call for help has the id.</summary>
    private static async Task<LockedPress?> LockAsync(SqlSession session, long pressId)
    {
        if (session.Dialect.HoldPress is { } hold)
            await session.ExecuteAsync(hold, ("press", pressId));
        var counted = await session.NumberAsync(
            "select source_id from support_instance where support_instance_id = @press",
            ("press", pressId)
        );
        var source =
            counted
            ?? await session.NumberAsync(
                "select source_id from quarantine where quarantine_id = @press and possible_help and state = 'held'",
                ("press", pressId)
            );
        return source is null
            ? null
            : await session.OneAsync(
                "select museum_id, kind from source where source_id = @source",
                r => new LockedPress(r.Int(), r.Text(), counted is not null),
                ("source", source)
            );
    }

    private sealed record LockedPress(int MuseumId, string Kind, bool Counted)
    {
        public HelpAnnouncement Announcement(long id) =>
            Counted ? new(MuseumId, [id], [], 1) : new(MuseumId, [], [id], 1);
    }
}
