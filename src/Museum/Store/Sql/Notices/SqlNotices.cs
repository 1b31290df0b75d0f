using System.Globalization;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Notices;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Notices;

internal sealed class SqlNotices(SqlDatabase database) : INotices
{
    private const string Clock = "HH:mm";

    public async Task<IReadOnlyList<Recipient>> RecipientsAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    "select name, channel, address, museum, kinds, told_from, told_to, created_at from recipient "
                        + "order by name",
                    r => new Recipient(
                        r.Text(),
                        r.Text(),
                        r.TextOrNull(),
                        r.TextOrNull(),
                        r.Text().Split(' ', StringSplitOptions.RemoveEmptyEntries),
                        TimeOf(r.TextOrNull()),
                        TimeOf(r.TextOrNull()),
                        r.Time()
                    )
                ),
            cancel
        );

    public Task<bool> AddAsync(Recipient recipient, OperatorMove move, CancellationToken cancel) =>
        ChangeAsync(
            """
            insert into recipient (name, channel, address, museum, kinds, told_from, told_to, created_at)
            values (@name, @channel, @address, @museum, @kinds, @from, @to, @now) on conflict (name) do nothing
            """,
            recipient.Name,
            [
                ("channel", recipient.Channel),
                ("address", recipient.Address),
                ("museum", recipient.Museum),
                ("kinds", string.Join(' ', recipient.Kinds)),
                ("from", recipient.From?.ToString(Clock, CultureInfo.InvariantCulture)),
                ("to", recipient.To?.ToString(Clock, CultureInfo.InvariantCulture)),
                ("now", recipient.CreatedAt),
            ],
            move,
            cancel
        );

    public Task<bool> RemoveAsync(string name, OperatorMove move, CancellationToken cancel) =>
        ChangeAsync("delete from recipient where name = @name", name, [], move, cancel);

    public Task<bool> QueueAsync(string recipient, Notice notice, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
                await session.ExecuteAsync(
                    """
                    insert into notice (recipient, key, kind, severity, museum, subject, text, happened_at, queued_at, due_at)
                    select name, @key, @kind, @severity, @museum, @subject, @text, @at, @now, @now
                    from recipient where name = @name
                    on conflict (recipient, key) do nothing
                    """,
                    ("name", recipient),
                    ("key", notice.Key),
                    ("kind", notice.Kind),
                    ("severity", notice.Severity),
                    ("museum", notice.Museum),
                    ("subject", notice.Subject),
                    ("text", notice.Text),
                    ("at", notice.At),
                    ("now", session.Now)
                ) == 1,
            cancel
        );

    public async Task<IReadOnlyList<Outgoing>> DueAsync(DateTimeOffset since, int most, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    """
                    select notice_id, recipient, key, kind, severity, museum, subject, text, happened_at, attempts
                    from notice where delivered_at is null and due_at <= @now and queued_at >= @since
                    order by notice_id limit @most
                    """,
                    r => new Outgoing(
                        r.Long(),
                        r.Text(),
                        new Notice(r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.Time()),
                        r.Int()
                    ),
                    ("now", session.Now),
                    ("since", since),
                    ("most", most)
                ),
            cancel
        );

    public Task<bool> AttemptAsync(Outgoing outgoing, DateTimeOffset again, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
                await session.ExecuteAsync(
                    """
                    update notice set attempts = attempts + 1, due_at = @again
                    where notice_id = @id and attempts = @attempts and delivered_at is null
                    """,
                    ("id", outgoing.Id),
                    ("attempts", outgoing.Attempts),
                    ("again", again)
                ) == 1,
            cancel
        );

    public Task AttemptedAsync(Outgoing outgoing, string? problem, DateTimeOffset again, CancellationToken cancel) =>
        database.TransactAsync(
            session =>
                problem is null
                    ? session.ExecuteAsync(
                        "update notice set delivered_at = @now, problem = null where notice_id = @id",
                        ("now", session.Now),
                        ("id", outgoing.Id)
                    )
                    : session.ExecuteAsync(
                        "update notice set problem = @problem, due_at = @again where notice_id = @id",
                        ("problem", problem),
                        ("again", again),
                        ("id", outgoing.Id)
                    ),
            cancel
        );

    private static TimeOnly? TimeOf(string? text) =>
        text is null ? null : TimeOnly.ParseExact(text, Clock, CultureInfo.InvariantCulture);

    private Task<bool> ChangeAsync(
        string sql,
        string name,
        (string, object?)[] values,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        database.TransactAsync(
            session => session.ChangeAsync($"recipient {name}", move, sql, [("name", name), .. values]),
            cancel
        );
}
