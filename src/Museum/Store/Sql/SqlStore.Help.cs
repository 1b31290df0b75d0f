using System.Data.Common;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Calls for help, of two tables with one order: newest first, by (when, id). Each part is read along its own
/// index.</summary>
public abstract partial class SqlStore
{
    private const int MostIds = 500;

    private const string HeldHelp = "q.possible_help and q.state = 'held'";

    /// <summary>When a refused call was made: by the kiosk, unless its clock is wrong or the time lies in the
    /// future.</summary>
    private const string HeldWhen =
        "(case when q.created_at < q.received_at and not q.clock_wrong then q.created_at else q.received_at end)";

    /// <summary>When a call that counts was made.</summary>
    private const string SupportWhen = "(case when i.clock_wrong then i.arrived_at else i.instance_created_at end)";

    private const string Places = """
        left join exhibition e on e.exhibition_id = h.exhibition_id
        left join floor f on f.floor_id = e.floor_id
        left join department d on d.department_id = e.department_id
        left join escalation x on x.press_id = h.id
        join source s on s.source_id = h.source_id
        join museum m on m.museum_id = s.museum_id
        left join support_type t on t.support_type_id = h.type_id
        """;

    private const string HelpColumns = """
        h.id, m.museum_id, m.code, s.kind, t.support_type_value, h.reason, h.site, h.at, h.received_at, x.escalated_at,
        e.exhibition_id, e.public_id, e.site, e.exhibition_name, f.floor, d.department_name, e.exhibition_start_date, h.clock_wrong
        """;

    public Task<IReadOnlyList<HelpRow>> HelpAsync(HelpFilter filter, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
            {
                List<(string, object?)> parameters = [("museum", filter.MuseumId), ("most", filter.Most)];
                var (counted, held) = ("", "");
                if (filter.Before is { } id)
                {
                    parameters.AddRange([("before", id), ("when", TimeValue(await WhenAsync(connection, id, cancel)))]);
                    counted +=
                        $" and {SupportWhen} <= @when and ({SupportWhen} < @when or "
                        + "i.support_instance_id < @before)";
                    held += $" and {HeldWhen} <= @when and ({HeldWhen} < @when or q.quarantine_id < @before)";
                }

                if (filter.OpenSince is { } since)
                {
                    parameters.Add(("since", TimeValue(since)));
                    counted += OpenSupport;
                    held += OpenHeld;
                }

                if (filter.EmergenciesOnly)
                {
                    const string Emergency =
                        "support_type_id = (select support_type_id from support_type where support_type_value = "
                        + "@emergency)";
                    parameters.Add(("emergency", PressType.Emergency));
                    counted += $" and i.{Emergency}";
                    held += $" and q.{Emergency}";
                }

                var rows = await ReadHelpAsync(
                    connection,
                    $"{SupportOfMuseum}{counted}",
                    $"q.museum_id = @museum and {HeldHelp}{held}",
                    filter.Most,
                    [.. parameters],
                    cancel
                );
                return await WithActionsAsync(
                    connection,
                    [.. rows.OrderByDescending(r => r.When).ThenByDescending(r => r.Id).Take(filter.Most)],
                    cancel
                );
            },
            cancel
        );

    public Task<IReadOnlyList<HelpRow>> HelpAsync(IReadOnlyCollection<long> ids, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
            {
                List<HelpRow> rows = [];
                foreach (var some in ids.Chunk(MostIds))
                {
                    var (list, parameters) = List(some);
                    rows.AddRange(
                        await ReadHelpAsync(
                            connection,
                            $"i.support_instance_id in ({list})",
                            $"q.quarantine_id in ({list}) and {HeldHelp}",
                            MostIds,
                            [.. parameters, ("most", MostIds)],
                            cancel
                        )
                    );
                }

                return await WithActionsAsync(
                    connection,
                    [.. rows.OrderByDescending(r => r.When).ThenByDescending(r => r.Id)],
                    cancel
                );
            },
            cancel
        );

    public async Task<IReadOnlyList<HelpResponse>> HelpResponsesAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset before,
        CancellationToken cancel
    )
    {
        const string Sql = $"""
            select i.exhibition_id, {SupportWhen},
                   (select min(a.at) from incident_action a where a.press_id = i.support_instance_id and a.action = 'acknowledge')
            from support_instance i
            where {SupportOfMuseum} and {Live} and {SupportWhen} >= @from and {SupportWhen} < @before
            order by 2
            """;
        return await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        Sql,
                        ("museum", museumId),
                        ("from", TimeValue(from)),
                        ("before", TimeValue(before))
                    ),
                    r => new HelpResponse(r.GetInt32(0), ReadTime(r, 1)!.Value, ReadTime(r, 2)),
                    cancel
                ),
            cancel
        );
    }

    public Task<HelpCounts> HelpCountsAsync(int museumId, DateTimeOffset since, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
            {
                // What counts is summed in the ledger already.
                const string Sql = $"""
                    select (select count(*) from support_instance i where {SupportOfMuseum}{OpenSupport})
                             + (select count(*) from quarantine q where q.museum_id = @museum and {HeldHelp}{OpenHeld}),
                           (select cast(coalesce(sum(support), 0) as bigint) from source where museum_id = @museum and state <> 'replaced')
                             + (select count(*) from quarantine q where q.museum_id = @museum and {HeldHelp})
                    """;
                var rows = await ReadAsync(
                    Command(connection, null, Sql, ("museum", museumId), ("since", TimeValue(since))),
                    r => new HelpCounts(r.GetInt64(0), r.GetInt64(1)),
                    cancel
                );
                return rows[0];
            },
            cancel
        );

    private const string SupportOfMuseum =
        "i.exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)";

    private const string Live = $"i.source_id in (select source_id from source where kind = '{SourceIdentity.Stream}')";

    private const string OpenSupport =
        $" and {SupportWhen} >= @since and {Live} and not exists ({AcknowledgedAs} i.support_instance_id)";

    private const string OpenHeld =
        $" and {HeldWhen} >= @since and q.source_id in (select source_id from source where kind = "
        + $"'{SourceIdentity.Stream}') and not exists ({AcknowledgedAs} q.quarantine_id)";

    /// <summary>The newest acknowledge or reopen says how it stands.</summary>
    private const string AcknowledgedAs = """
        select 1 from incident_action a
        where a.action = 'acknowledge'
          and not exists (select 1 from incident_action b where b.press_id = a.press_id and b.incident_action_id > a.incident_action_id and b.action = 'reopen')
          and a.press_id =
        """;

    private static async Task<DateTimeOffset> WhenAsync(DbConnection connection, long id, CancellationToken cancel)
    {
        const string Sql = $"""
            select {SupportWhen} from support_instance i where i.support_instance_id = @id
            union all select {HeldWhen} from quarantine q where q.quarantine_id = @id and q.possible_help
            """;
        var when = await ReadAsync(Command(connection, null, Sql, ("id", id)), r => ReadTime(r, 0)!.Value, cancel);
        return when.Count > 0
            ? when[0]
            : throw new MuseumException(ExitCode.Usage, $"before: found {id}, expected the id of a call for help");
    }

    private static async Task<List<HelpRow>> ReadHelpAsync(
        DbConnection connection,
        string support,
        string held,
        int most,
        (string, object?)[] parameters,
        CancellationToken cancel
    )
    {
        var counted = await ReadAsync(
            Command(
                connection,
                null,
                $"""
                select {HelpColumns} from (
                  select i.support_instance_id as id, i.source_id, i.exhibition_id, i.support_type_id as type_id, cast(null as text) as reason,
                         cast(null as text) as site, i.instance_created_at as at, i.arrived_at as received_at, i.clock_wrong
                  from support_instance i where {support}
                  order by {SupportWhen} desc, i.support_instance_id desc limit @most) as h {Places}
                """,
                parameters
            ),
            ReadHelp,
            cancel
        );
        var refused = await ReadAsync(
            Command(
                connection,
                null,
                $"""
                select {HelpColumns} from (
                  select q.quarantine_id as id, q.source_id, q.exhibition_id, q.support_type_id as type_id, q.reason, q.site, q.created_at as at, q.received_at, q.clock_wrong
                  from quarantine q where {held}
                  order by {HeldWhen} desc, q.quarantine_id desc limit @most) as h {Places}
                """,
                parameters
            ),
            ReadHelp,
            cancel
        );
        counted.AddRange(refused);
        return counted;
    }

    private static HelpRow ReadHelp(DbDataReader r) =>
        new(
            r.GetInt64(0),
            r.GetInt32(1),
            r.GetString(2),
            r.GetString(3),
            r.IsDBNull(4) ? null : r.GetInt32(4),
            ReadText(r, 5) is { } code ? Reasons.Parse(code) : null,
            r.IsDBNull(10)
                ? null
                : new ExhibitionCard(
                    r.GetInt32(10),
                    r.GetInt32(1),
                    r.GetString(11),
                    r.GetString(12),
                    r.GetString(13),
                    r.GetString(14),
                    r.GetString(15),
                    ReadDay(r.GetValue(16))
                ),
            ReadText(r, 6) ?? ReadText(r, 12),
            ReadTime(r, 7),
            ReadTime(r, 8),
            ReadTime(r, 9)
        )
        {
            ClockWrong = r.GetBoolean(17),
        };

    private static async Task<IReadOnlyList<HelpRow>> WithActionsAsync(
        DbConnection connection,
        IReadOnlyList<HelpRow> rows,
        CancellationToken cancel
    )
    {
        List<IncidentAction> actions = [];
        foreach (var some in rows.Select(row => row.Id).Chunk(MostIds))
        {
            var (list, parameters) = List(some);
            actions.AddRange(
                await ReadAsync(
                    Command(
                        connection,
                        null,
                        $"select incident_action_id, press_id, action, who, note, at from incident_action where "
                            + $"press_id in ({list}) order by incident_action_id",
                        parameters
                    ),
                    r => new IncidentAction(
                        r.GetInt64(0),
                        r.GetInt64(1),
                        r.GetString(2),
                        r.GetString(3),
                        r.GetString(4),
                        ReadTime(r, 5)!.Value
                    ),
                    cancel
                )
            );
        }

        var byPress = actions.ToLookup(action => action.PressId);
        return actions.Count == 0 ? rows : [.. rows.Select(row => row with { Actions = [.. byPress[row.Id]] })];
    }

    private static (string List, (string, object?)[] Parameters) List(long[] ids)
    {
        var names = ids.Select((_, number) => string.Create(CultureInfo.InvariantCulture, $"id{number}")).ToArray();
        return (
            string.Join(", ", names.Select(name => "@" + name)),
            [.. ids.Zip(names, (id, name) => (name, (object?)id))]
        );
    }
}
