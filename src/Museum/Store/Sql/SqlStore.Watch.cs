using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>The open calls for help of all museums, counted along the same indexes as they are found by.</summary>
public abstract partial class SqlStore
{
    private const string OpenNow = $"""
        select m.code, p.kind, count(p.id), min(case when d.action = 'reopen' then d.at else p.at end)
        from museum m
        left join (
          select i.support_instance_id as id, s.museum_id, t.support_type_value as kind, {SupportWhen} as at
          from support_instance i join source s on s.source_id = i.source_id join support_type t on t.support_type_id = i.support_type_id
          where s.kind = '{SourceIdentity.Stream}' and {SupportWhen} >= @since and not exists ({AcknowledgedAs} i.support_instance_id)
          union all
          select q.quarantine_id, q.museum_id, t.support_type_value, q.received_at
          from museum o join quarantine q on q.museum_id = o.museum_id and {HeldHelp} and {HeldWhen} >= @since
            join source s on s.source_id = q.source_id left join support_type t on t.support_type_id = q.support_type_id
          where s.kind = '{SourceIdentity.Stream}' and not exists ({AcknowledgedAs} q.quarantine_id)) p on p.museum_id = m.museum_id
        left join incident_action d on d.incident_action_id = ({Decision} p.id)
        group by m.code, p.kind
        """;

    private const string Escalated = """
        select m.code, count(e.press_id), coalesce(sum(e.attempts), 0),
               count(case when e.delivered_at is null and e.problem is not null and e.escalated_at >= @since then 1 end)
        from museum m left join escalation e on e.museum_id = m.museum_id
        group by m.code
        order by m.code
        """;

    public Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel) =>
        WithConnectionAsync<IReadOnlyList<MuseumWatch>>(
            async connection =>
            {
                var open = (
                    await ReadAsync(
                        Command(connection, null, OpenNow, ("since", TimeValue(since))),
                        r =>
                            (
                                Code: r.GetString(0),
                                Kind: r.IsDBNull(1) ? (int?)null : r.GetInt32(1),
                                Count: r.GetInt64(2),
                                Since: ReadTime(r, 3)
                            ),
                        cancel
                    )
                ).ToLookup(row => row.Code);
                return await ReadAsync(
                    Command(connection, null, Escalated, ("since", TimeValue(since))),
                    r =>
                    {
                        var calls = open[r.GetString(0)].ToList();
                        var emergencies = calls.Find(c => c.Kind == PressType.Emergency);
                        return new MuseumWatch(
                            r.GetString(0),
                            emergencies.Count,
                            calls.Where(c => c.Kind is not (null or PressType.Emergency)).Sum(c => c.Count),
                            calls.Find(c => c.Kind is null).Count,
                            emergencies.Since,
                            r.GetInt64(1),
                            r.GetInt64(2),
                            r.GetInt64(3)
                        );
                    },
                    cancel
                );
            },
            cancel
        );
}
