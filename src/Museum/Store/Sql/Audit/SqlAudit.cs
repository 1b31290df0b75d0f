using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Store.Sql.Audit;

internal sealed class SqlAudit(SqlDatabase database) : IAudit
{
    private const int Page = 10_000;

    private const string Columns = """
        select e.audit_id, e.at, e.event, a.name, a.provider, a.address, s.name, e.detail, e.times, e.hash
        from audit_event e
        join audit_actor a on a.actor_id = e.actor_id
        left join audit_actor s on s.actor_id = e.subject_id
        """;

    public Task AddAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                await session.AuditAsync(entries);
                return true;
            },
            cancel
        );

    public async Task<IReadOnlyList<AuditRow>> ListAsync(int most, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session => session.ReadAsync($"{Columns} order by e.audit_id desc limit @most", RowOf, ("most", most)),
            cancel
        );

    public async Task<IReadOnlyList<AuditRow>> AfterAsync(long id, int most, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    $"{Columns} where e.audit_id > @id order by e.audit_id limit @most",
                    RowOf,
                    ("id", id),
                    ("most", most)
                ),
            cancel
        );

    public Task<AuditProof> VerifyAsync(CancellationToken cancel) =>
        database.SnapshotAsync(
            async session =>
            {
                var retired = await StartAsync(session);
                var (rows, last, head) = (0L, retired?.Through ?? 0, retired?.Hash ?? AuditChain.Genesis);
                while (true)
                {
                    var links = await session.ReadAsync(
                        "select audit_id, at, event, actor_id, subject_id, detail, times, previous, hash "
                            + "from audit_event where audit_id > @last order by audit_id limit @page",
                        r => new Link(
                            r.Long(),
                            new(r.Time(), r.Text(), r.Text(), r.TextOrNull(), r.Text(), r.Int(), r.Text()),
                            r.Text()
                        ),
                        ("last", last),
                        ("page", Page)
                    );
                    if (links.Count == 0)
                        return Proof(null);
                    foreach (var link in links)
                    {
                        if (link.Chained.Previous != head || link.Chained.Hash() != link.Hash)
                            return Proof(link.Id);
                        (rows, head, last) = (rows + 1, link.Hash, link.Id);
                    }
                }

                AuditProof Proof(long? broken) => new(rows, head, broken) { RetiredThrough = retired?.Through };
            },
            cancel
        );

    public Task<long> RetireAsync(DateTimeOffset before, CancellationToken cancel)
    {
        // Rows are in the order of the chain, and minutes of refusals are written a little late: up to the first that is
        // young enough.
        const string Last = """
            select audit_id, hash from audit_event
            where audit_id < coalesce((select min(audit_id) from audit_event where at >= @before),
                                      (select max(audit_id) + 1 from audit_event))
            order by audit_id desc limit 1
            """;
        return database.TransactAsync(
            async session =>
            {
                if (
                    await session.ReadAsync(Last, r => (Through: r.Long(), Hash: r.Text()), ("before", before))
                    is not [var last]
                )
                    return 0L;
                await session.ExecuteAsync(
                    "insert into audit_start (through_id, hash, at) values (@id, @hash, @now)",
                    ("id", last.Through),
                    ("hash", last.Hash),
                    ("now", session.Now)
                );
                var removed = await session.ExecuteAsync(
                    "delete from audit_event where audit_id <= @id",
                    ("id", last.Through)
                );
                await session.ExecuteAsync(
                    "delete from audit_actor where not exists (select 1 from audit_event e "
                        + "where e.actor_id = audit_actor.actor_id or e.subject_id = audit_actor.actor_id)"
                );
                return (long)removed;
            },
            cancel
        );
    }

    private static async Task<(long Through, string Hash)?> StartAsync(SqlSession session) =>
        await session.ReadAsync(
            "select through_id, hash from audit_start order by through_id desc limit 1",
            r => (r.Long(), r.Text())
        )
            is [var start]
            ? start
            : null;

    private static AuditRow RowOf(Row r) =>
        new(r.Long(), r.Time(), r.Text(), r.Text(), r.Text(), r.Text(), r.TextOrNull(), r.Text(), r.Int(), r.Text());

    private sealed record Link(long Id, AuditChain Chained, string Hash);
}
