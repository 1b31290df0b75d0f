using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Incidents. Two who act at the same time are put in order by the row of the press.</summary>
public abstract partial class SqlStore
{
    private const string Decision =
        "select max(a.incident_action_id) from incident_action a where a.action <> 'note' and a.press_id =";

    public async Task<IncidentOutcome> ActOnPressAsync(long pressId, IncidentMove move, CancellationToken cancel)
    {
        HelpAnnouncement? announcement = null;
        var outcome = await WithTransactionAsync(
            async (connection, transaction) =>
            {
                if (await LockPressAsync(connection, transaction, pressId, cancel) is not { } press)
                    return IncidentOutcome.Unknown;
                if (press.Kind != SourceIdentity.Stream)
                    return IncidentOutcome.History;
                var standing = await ReadAsync(
                    Command(
                        connection,
                        transaction,
                        $"select action from incident_action where incident_action_id = ({Decision} @press)",
                        ("press", pressId)
                    ),
                    r => r.GetString(0),
                    cancel
                );
                var acknowledged = standing is [IncidentMove.Acknowledge];
                if (acknowledged == (move.Action == IncidentMove.Acknowledge))
                    return IncidentOutcome.Already;
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "insert into incident_action (press_id, museum_id, action, who, note, at) values (@press, "
                            + "@museum, @action, @who, @note, @now)",
                        ("press", pressId),
                        ("museum", press.MuseumId),
                        ("action", move.Action),
                        ("who", move.Who),
                        ("note", move.Note),
                        ("now", TimeValue(Now))
                    ),
                    cancel
                );
                await RecordAsync(
                    connection,
                    transaction,
                    $"press {pressId}",
                    new OperatorMove(move.Who, move.Action, move.Note),
                    cancel
                );
                announcement = press.Announcement(pressId);
                await AnnounceAsync(connection, transaction, announcement, cancel);
                return IncidentOutcome.Done;
            },
            cancel
        );
        if (announcement is not null && outcome is IncidentOutcome.Done)
            Announced(announcement);
        return outcome;
    }

    public async Task<IReadOnlyList<OverduePress>> OverdueAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        int most,
        CancellationToken cancel
    )
    {
        const string Sql = $"""
            select p.id, p.museum_id, case when d.action = 'reopen' then d.at else p.at end
            from (
              select i.support_instance_id as id, s.museum_id, {SupportWhen} as at
              from support_instance i join source s on s.source_id = i.source_id join support_type t on t.support_type_id = i.support_type_id
              where s.kind = '{SourceIdentity.Stream}' and t.support_type_value = @emergency and {SupportWhen} >= @since and {SupportWhen} <= @until
              union all
              select q.quarantine_id, s.museum_id, q.received_at
              from museum m join quarantine q on q.museum_id = m.museum_id and {HeldHelp} and {HeldWhen} >= @since
                join source s on s.source_id = q.source_id join support_type t on t.support_type_id = q.support_type_id
              where s.kind = '{SourceIdentity.Stream}' and t.support_type_value = @emergency and q.received_at >= @since and q.received_at <= @until) p
            left join incident_action d on d.incident_action_id = ({Decision} p.id)
            where not exists (select 1 from escalation e where e.press_id = p.id) and (d.action is null or (d.action = 'reopen' and d.at <= @until))
            order by 3, 1
            limit @most
            """;
        return await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        Sql,
                        ("emergency", PressType.Emergency),
                        ("since", TimeValue(since)),
                        ("until", TimeValue(until)),
                        ("most", most)
                    ),
                    r => new OverduePress(r.GetInt64(0), r.GetInt32(1), ReadTime(r, 2)!.Value),
                    cancel
                ),
            cancel
        );
    }

    public async Task<bool> EscalateAsync(OverduePress press, CancellationToken cancel)
    {
        const string Sql =
            "insert into escalation (press_id, museum_id, escalated_at) values (@press, @museum, @now) on "
            + "conflict (press_id) do nothing";
        HelpAnnouncement? announcement = null;
        var mine = await WithTransactionAsync(
            async (connection, transaction) =>
            {
                if (
                    await ExecuteAsync(
                        Command(
                            connection,
                            transaction,
                            Sql,
                            ("press", press.PressId),
                            ("museum", press.MuseumId),
                            ("now", TimeValue(Now))
                        ),
                        cancel
                    ) == 0
                )
                    return false;
                announcement = (await LockPressAsync(connection, transaction, press.PressId, cancel))?.Announcement(
                    press.PressId
                );
                if (announcement is not null)
                    await AnnounceAsync(connection, transaction, announcement, cancel);
                return true;
            },
            cancel
        );
        if (mine && announcement is not null)
            Announced(announcement);
        return mine;
    }

    public async Task<IReadOnlyList<Escalation>> UndeliveredAsync(
        DateTimeOffset since,
        int attempts,
        CancellationToken cancel
    ) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        "select press_id, museum_id, escalated_at, attempts from escalation where delivered_at is "
                            + "null and escalated_at >= @since and attempts < @most order by escalated_at",
                        ("since", TimeValue(since)),
                        ("most", attempts)
                    ),
                    r => new Escalation(r.GetInt64(0), r.GetInt32(1), ReadTime(r, 2)!.Value, r.GetInt32(3)),
                    cancel
                ),
            cancel
        );

    public Task<bool> AttemptAsync(Escalation escalation, CancellationToken cancel) =>
        WithTransactionAsync(
            async (connection, transaction) =>
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "update escalation set attempts = attempts + 1 where press_id = @press and attempts = "
                            + "@attempts and delivered_at is null",
                        ("press", escalation.PressId),
                        ("attempts", escalation.Attempts)
                    ),
                    cancel
                ) == 1,
            cancel
        );

    public Task AttemptedAsync(Escalation escalation, string? problem, CancellationToken cancel) =>
        WithTransactionAsync(
            (connection, transaction) =>
                ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "update escalation set delivered_at = @at, problem = @problem where press_id = @press and "
                            + "delivered_at is null",
                        ("press", escalation.PressId),
                        ("at", problem is null ? TimeValue(Now) : null),
                        ("problem", problem)
                    ),
                    cancel
                ),
            cancel
        );

    /// <summary>Holds the press until the transaction ends; null where no call for help has the id.</summary>
    private async Task<LockedPress?> LockPressAsync(
        DbConnection connection,
        DbTransaction transaction,
        long pressId,
        CancellationToken cancel
    )
    {
        var counted = true;
        var source = await NumberAsync(
            Command(
                connection,
                transaction,
                $"select source_id from support_instance where support_instance_id = @press{ForUpdate}",
                ("press", pressId)
            ),
            cancel
        );
        if (source is null)
        {
            counted = false;
            source = await NumberAsync(
                Command(
                    connection,
                    transaction,
                    $"select source_id from quarantine where quarantine_id = @press and possible_help and state = "
                        + $"'held'{ForUpdate}",
                    ("press", pressId)
                ),
                cancel
            );
        }

        if (source is null)
            return null;
        return (
            await ReadAsync(
                Command(
                    connection,
                    transaction,
                    "select museum_id, kind from source where source_id = @source",
                    ("source", source)
                ),
                r => new LockedPress(r.GetInt32(0), r.GetString(1), counted),
                cancel
            )
        ).Single();
    }

    private sealed record LockedPress(int MuseumId, string Kind, bool Counted)
    {
        public HelpAnnouncement Announcement(long id) =>
            Counted ? new(MuseumId, [id], [], 1) : new(MuseumId, [], [id], 1);
    }
}
