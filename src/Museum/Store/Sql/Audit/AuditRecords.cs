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

    /// <summary>Adds a row, as the last thing that its transaction does: all others wait for it.</summary>
    public static async Task AuditAsync(this SqlSession session, AuditEntry entry)
    {
        if (session.Dialect.HoldAudit is { } hold)
            await session.ExecuteAsync(hold);
        var newest = await session.ReadAsync(Newest, r => r.Text());
        var row = new AuditChain(
            // To the millisecond, which both databases keep.
            DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds()),
            entry.Event,
            await ActorAsync(session, entry.Actor),
            entry.Subject is null ? null : await ActorAsync(session, new(entry.Subject, "")),
            entry.Detail,
            entry.Times,
            newest is [var hash] ? hash : AuditChain.Genesis
        );
        await session.ExecuteAsync(
            "insert into audit_event (at, event, actor_id, subject_id, detail, times, previous, hash) "
                + "values (@at, @event, @actor, @subject, @detail, @times, @previous, @hash)",
            ("at", row.At),
            ("event", row.Event),
            ("actor", row.Actor),
            ("subject", row.Subject),
            ("detail", row.Detail),
            ("times", row.Times),
            ("previous", row.Previous),
            ("hash", row.Hash())
        );
    }

    private static async Task<string> ActorAsync(SqlSession session, AuditActor actor)
    {
        (string, object?)[] who = [("name", actor.Name), ("provider", actor.Provider), ("address", actor.Address)];
        await session.ExecuteAsync(
            "insert into audit_actor (actor_id, name, provider, address) values (@id, @name, @provider, @address) "
                + "on conflict (name, provider, address) do nothing",
            [("id", Guid.NewGuid().ToString("N")), .. who]
        );
        return await session.OneAsync(
            "select actor_id from audit_actor where name = @name and provider = @provider and address = @address",
            r => r.Text(),
            who
        );
    }
}
