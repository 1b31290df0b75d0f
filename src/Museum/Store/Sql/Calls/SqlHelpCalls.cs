using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Calls;

/// <summary>Calls for help, from two tables in one order: newest first, by (when, id). Each part is read along its own
/// index.</summary>
internal sealed class SqlHelpCalls(SqlDatabase database, IAnnouncer announcer) : IHelpCalls
{
    private const int MostIds = 500;

    private const string Columns = """
        h.id, m.museum_id, m.code, s.kind, t.support_type_value, h.reason, h.site, h.at, h.received_at, x.escalated_at,
        h.clock_wrong, t.support_description, coalesce(t.emergency, false),
        e.exhibition_id, e.public_id, e.site, e.exhibition_name, f.floor, d.department_name, e.exhibition_start_date
        """;

    private const string Places = """
        left join exhibition e on e.exhibition_id = h.exhibition_id
        left join floor f on f.floor_id = e.floor_id
        left join department d on d.department_id = e.department_id
        left join escalation x on x.press_id = h.id
          and x.escalated_at = (select max(l.escalated_at) from escalation l where l.press_id = h.id)
        join source s on s.source_id = h.source_id
        join museum m on m.museum_id = s.museum_id
        left join support_type t on t.support_type_id = h.type_id
        """;

    public Task<IReadOnlyList<HelpRow>> ListAsync(HelpFilter filter, CancellationToken cancel) =>
        database.ConnectedAsync(
            async session =>
            {
                List<(string, object?)> values = [("museum", filter.MuseumId), ("most", filter.Most)];
                var (counted, held) = ("", "");
                if (filter.Before is { } id)
                {
                    values.AddRange([("before", id), ("when", await WhenAsync(session, id))]);
                    counted +=
                        $" and {HelpSql.When} <= @when and ({HelpSql.When} < @when or "
                        + "i.support_instance_id < @before)";
                    held +=
                        $" and {HelpSql.HeldWhen} <= @when and ({HelpSql.HeldWhen} < @when or q.quarantine_id < "
                        + $"@before)";
                }

                if (filter.OpenSince is { } since)
                {
                    values.Add(("since", since));
                    counted += filter.Taken ? HelpSql.Unresolved : HelpSql.Open;
                    held += filter.Taken ? HelpSql.UnresolvedHeld : HelpSql.OpenHeld;
                }

                if (filter.EmergenciesOnly)
                {
                    const string Emergency =
                        "support_type_id in (select support_type_id from support_type where emergency)";
                    counted += $" and i.{Emergency}";
                    held += $" and q.{Emergency}";
                }

                var rows = await ReadAsync(
                    session,
                    $"{HelpSql.OfMuseum}{counted}",
                    $"q.museum_id = @museum and {HelpSql.Held}{held}",
                    [.. values]
                );
                return await WithActionsAsync(session, [.. NewestFirst(rows).Take(filter.Most)]);
            },
            cancel
        );

    public Task<IReadOnlyList<HelpRow>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel) =>
        database.ConnectedAsync(
            async session =>
            {
                List<HelpRow> rows = [];
                foreach (var some in ids.Chunk(MostIds))
                {
                    var (list, values) = List(some);
                    rows.AddRange(
                        await ReadAsync(
                            session,
                            $"i.support_instance_id in ({list})",
                            $"q.quarantine_id in ({list}) and {HelpSql.Held}",
                            [.. values, ("most", MostIds)]
                        )
                    );
                }

                return await WithActionsAsync(session, [.. NewestFirst(rows)]);
            },
            cancel
        );

    private static IEnumerable<HelpRow> NewestFirst(List<HelpRow> rows) =>
        rows.OrderByDescending(r => r.When).ThenByDescending(r => r.Id);

    public async Task<IReadOnlyList<HelpResponse>> ResponsesAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset before,
        CancellationToken cancel
    )
    {
        const string Sql = $"""
            select i.support_instance_id, i.exhibition_id, {HelpSql.When},
                   (select min(a.at) from incident_action a
                    where a.press_id = i.support_instance_id and a.action in ('acknowledge', 'take', 'resolve')),
                   case when d.action = 'resolve' then d.at end, d.outcome
            from support_instance i
            left join incident_action d on d.incident_action_id = ({HelpSql.Decision} i.support_instance_id)
            where {HelpSql.OfMuseum} and {HelpSql.Live}
              and {HelpSql.When} >= @from and {HelpSql.When} < @before
            order by 3, 1
            """;
        return await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    Sql,
                    r => new HelpResponse(r.Long(), r.Int(), r.Time(), r.TimeOrNull(), r.TimeOrNull(), r.TextOrNull()),
                    ("museum", museumId),
                    ("from", from),
                    ("before", before)
                ),
            cancel
        );
    }

    public Task<HelpCounts> CountsAsync(int museumId, DateTimeOffset since, CancellationToken cancel)
    {
        // Those that count are already summed in the ledger, with those that are retired and in no list.
        const string Sql = $"""
            select (select count(*) from support_instance i where {HelpSql.OfMuseum}{HelpSql.Open})
                     + (select count(*) from quarantine q
                        where q.museum_id = @museum and {HelpSql.Held}{HelpSql.OpenHeld}),
                   (select cast(coalesce(sum(support), 0) as bigint) from source
                    where museum_id = @museum and state <> 'replaced')
                     - (select cast(coalesce(sum(r.row_count), 0) as bigint)
                        from retired r join source s on s.source_id = r.source_id
                        where s.museum_id = @museum and r.kind = 'support' and not r.pending)
                     + (select count(*) from quarantine q where q.museum_id = @museum and {HelpSql.Held})
            """;
        return database.ConnectedAsync(
            session =>
                session.OneAsync(Sql, r => new HelpCounts(r.Long(), r.Long()), ("museum", museumId), ("since", since)),
            cancel
        );
    }

    public IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel) => announcer.ListenAsync(cancel);

    private static async Task<DateTimeOffset> WhenAsync(SqlSession session, long id)
    {
        const string Sql = $"""
            select {HelpSql.When} from support_instance i where i.support_instance_id = @id
            union all select {HelpSql.HeldWhen} from quarantine q where q.quarantine_id = @id and q.possible_help
            """;
        var when = await session.ReadAsync(Sql, r => r.Time(), ("id", id));
        return when.Count > 0
            ? when[0]
            : throw new MuseumException(ExitCode.Usage, $"before: found {id}, expected the id of a call for help");
    }

    private static async Task<List<HelpRow>> ReadAsync(
        SqlSession session,
        string support,
        string held,
        (string, object?)[] values
    )
    {
        var counted = $"""
            select {Columns} from (
              select i.support_instance_id as id, i.source_id, i.exhibition_id, i.support_type_id as type_id,
                     cast(null as text) as reason, cast(null as text) as site, i.instance_created_at as at,
                     i.arrived_at as received_at, i.clock_wrong
              from support_instance i where {support}
              order by {HelpSql.When} desc, i.support_instance_id desc limit @most) as h {Places}
            """;
        var refused = $"""
            select {Columns} from (
              select q.quarantine_id as id, q.source_id, q.exhibition_id, q.support_type_id as type_id, q.reason,
                     q.site, q.created_at as at, q.received_at, q.clock_wrong
              from quarantine q where {held}
              order by {HelpSql.HeldWhen} desc, q.quarantine_id desc limit @most) as h {Places}
            """;
        return [.. await session.ReadAsync(counted, Read, values), .. await session.ReadAsync(refused, Read, values)];
    }

    private static HelpRow Read(Row r)
    {
        var (id, museum, code, kind, value) = (r.Long(), r.Int(), r.Text(), r.Text(), r.IntOrNull());
        var reason = r.TextOrNull() is { } why ? Reasons.Parse(why) : null;
        var (site, at, received, escalated) = (r.TextOrNull(), r.TimeOrNull(), r.TimeOrNull(), r.TimeOrNull());
        var (clockWrong, called, alarms) = (r.Flag(), r.TextOrNull(), r.Flag());
        var place = r.IntOrNull() is { } exhibition
            ? new ExhibitionCard(exhibition, museum, r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.DayOrNull())
            : null;
        return new(id, museum, code, kind, value, reason, place, site ?? place?.Site, at, received, escalated)
        {
            ClockWrong = clockWrong,
            Kind = called,
            Alarms = alarms,
        };
    }

    private static async Task<IReadOnlyList<HelpRow>> WithActionsAsync(SqlSession session, IReadOnlyList<HelpRow> rows)
    {
        List<IncidentAction> actions = [];
        foreach (var some in rows.Select(row => row.Id).Chunk(MostIds))
        {
            var (list, values) = List(some);
            actions.AddRange(
                await session.ReadAsync(
                    $"select incident_action_id, press_id, action, who, note, at, outcome from incident_action where "
                        + $"press_id in ({list}) order by incident_action_id",
                    r => new IncidentAction(r.Long(), r.Long(), r.Text(), r.Text(), r.Text(), r.Time(), r.TextOrNull()),
                    values
                )
            );
        }

        var byPress = actions.ToLookup(action => action.PressId);
        return actions.Count == 0 ? rows : [.. rows.Select(row => row with { Actions = [.. byPress[row.Id]] })];
    }

    private static (string List, (string, object?)[] Values) List(long[] ids)
    {
        var names = ids.Select((_, number) => string.Create(CultureInfo.InvariantCulture, $"id{number}")).ToArray();
        return (
            string.Join(", ", names.Select(name => "@" + name)),
            [.. ids.Zip(names, (id, name) => (name, (object?)id))]
        );
    }
}
