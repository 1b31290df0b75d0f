using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Store.Sql.Audit;

internal static class AuditRecords
{
    /// <summary>Where all rows were removed, the chain goes on behind the last of them.</summary>
    private const string Newest = """
        select hash from (
          select audit_id, hash from audit_event union all select through_id, hash from audit_start
        ) chained
        order by audit_id desc limit 1
        """;

    /// <summary>Rows of one statement.</summary>
    private const int Together = 50;

    /// <summary>Adds rows, as the last thing that their transaction does. All others wait from when the chain is held
    /// until the commit, so everything that can be done before is.</summary>
    public static async Task AuditAsync(this SqlSession session, IReadOnlyCollection<AuditEntry> entries)
    {
        if (entries.Count == 0)
            return;
        var ids = await ActorsAsync(session, entries);
        if (session.Dialect.HoldAudit is { } hold)
            await session.ExecuteAsync(hold);
        var newest = await session.ReadAsync(Newest, r => r.Text());
        var previous = newest is [var hash] ? hash : AuditChain.Genesis;
        List<AuditChain> chain = [];
        foreach (var entry in entries)
        {
            var row = new AuditChain(
                // To the millisecond, which both databases keep.
                DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds()),
                entry.Event,
                ids[entry.Actor],
                entry.Subject is null ? null : ids[Subject(entry.Subject)],
                entry.Detail,
                entry.Times,
                previous
            );
            chain.Add(row);
            previous = row.Hash();
        }

        foreach (var some in chain.Chunk(Together))
            await InsertAsync(session, some);
    }

    private static Task<int> InsertAsync(SqlSession session, AuditChain[] rows)
    {
        List<string> lines = [];
        List<(string, object?)> values = [];
        foreach (var (n, row) in rows.Index())
        {
            lines.Add($"(@at{n}, @event{n}, @actor{n}, @subject{n}, @detail{n}, @times{n}, @previous{n}, @hash{n})");
            values.AddRange([
                ($"at{n}", row.At),
                ($"event{n}", row.Event),
                ($"actor{n}", row.Actor),
                ($"subject{n}", row.Subject),
                ($"detail{n}", row.Detail),
                ($"times{n}", row.Times),
                ($"previous{n}", row.Previous),
                ($"hash{n}", row.Hash()),
            ]);
        }

        return session.ExecuteAsync(
            "insert into audit_event (at, event, actor_id, subject_id, detail, times, previous, hash) values "
                + string.Join(", ", lines),
            [.. values]
        );
    }

    private static AuditActor Subject(string name) => new(name, "");

    /// <summary>In one order, so that two who add the same people wait for each other instead of deadlocking.</summary>
    private static async Task<Dictionary<AuditActor, string>> ActorsAsync(
        SqlSession session,
        IReadOnlyCollection<AuditEntry> entries
    )
    {
        var ids = new Dictionary<AuditActor, string>();
        var actors = entries.SelectMany(entry =>
            entry.Subject is null ? [entry.Actor] : new[] { entry.Actor, Subject(entry.Subject) }
        );
        foreach (
            var actor in actors
                .Distinct()
                .OrderBy(one => one.Name, StringComparer.Ordinal)
                .ThenBy(one => one.Provider, StringComparer.Ordinal)
                .ThenBy(one => one.Address, StringComparer.Ordinal)
        )
            ids[actor] = await ActorAsync(session, actor);
        return ids;
    }

    private static async Task<string> ActorAsync(SqlSession session, AuditActor actor)
    {
        const string Find =
            "select actor_id from audit_actor where name = @name and provider = @provider and address = @address";
        (string, object?)[] who = [("name", actor.Name), ("provider", actor.Provider), ("address", actor.Address)];
        if (await session.ReadAsync(Find, r => r.Text(), who) is [var known])
            return known;
        await session.ExecuteAsync(
            "insert into audit_actor (actor_id, name, provider, address) values (@id, @name, @provider, @address) "
                + "on conflict (name, provider, address) do nothing",
            [("id", Guid.NewGuid().ToString("N")), .. who]
        );
        return await session.OneAsync(Find, r => r.Text(), who);
    }
}
