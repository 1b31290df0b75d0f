using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Calls;

/// <summary>The open calls for help of all museums, counted along the same indexes by which they are found.</summary>
internal sealed partial class SqlIncidents
{
    /// <summary>1 for an emergency, 0 for assistance, 2 for added kinds.</summary>
    private const string KindOf = """
        case when t.emergency then 1 when t.support_type_value = 0 then 0 when t.support_type_value is not null then 2 end
        """;

    public Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel)
    {
        const string OpenNow = $"""
            select m.code, p.kind, count(p.id), min(case when d.action = 'reopen' then d.at else p.at end)
            from museum m
            left join (
              select i.support_instance_id as id, s.museum_id, {KindOf} as kind,
                     {HelpSql.When} as at
              from support_instance i join source s on s.source_id = i.source_id
                join support_type t on t.support_type_id = i.support_type_id
              where s.kind = '{SourceIdentity.Stream}' and {HelpSql.When} >= @since
                and not exists ({HelpSql.AcknowledgedAs} i.support_instance_id)
              union all
              select q.quarantine_id, q.museum_id, {KindOf}, q.received_at
              from museum o join quarantine q on q.museum_id = o.museum_id and {HelpSql.Held}
                  and {HelpSql.HeldWhen} >= @since
                join source s on s.source_id = q.source_id
                left join support_type t on t.support_type_id = q.support_type_id
              where s.kind = '{SourceIdentity.Stream}'
                and not exists ({HelpSql.AcknowledgedAs} q.quarantine_id)) p on p.museum_id = m.museum_id
            left join incident_action d on d.incident_action_id = ({HelpSql.Decision} p.id)
            group by m.code, p.kind
            """;
        const string Escalated = """
            select m.code, count(e.press_id), coalesce(sum(e.attempts), 0),
                   count(case when e.delivered_at is null and e.problem is not null
                                and e.escalated_at >= @since then 1 end)
            from museum m left join escalation e on e.museum_id = m.museum_id
            group by m.code
            order by m.code
            """;
        return database.ConnectedAsync<IReadOnlyList<MuseumWatch>>(
            async session =>
            {
                var open = (await session.ReadAsync(OpenNow, ReadOpen, ("since", since))).ToLookup(row => row.Code);
                return await session.ReadAsync(
                    Escalated,
                    r =>
                    {
                        var code = r.Text();
                        return Watch(code, [.. open[code]], r);
                    },
                    ("since", since)
                );
            },
            cancel
        );
    }

    private static OpenCalls ReadOpen(Row r) => new(r.Text(), r.IntOrNull(), r.Long(), r.TimeOrNull());

    private static MuseumWatch Watch(string code, List<OpenCalls> calls, Row r)
    {
        var emergencies = calls.Find(c => c.Kind == PressType.Emergency);
        return new(
            code,
            emergencies.Count,
            calls.Find(c => c.Kind == PressType.Assistance).Count,
            calls.Find(c => c.Kind is null).Count,
            emergencies.Since,
            r.Long(),
            r.Long(),
            r.Long()
        );
    }

    private readonly record struct OpenCalls(string Code, int? Kind, long Count, DateTimeOffset? Since);
}
