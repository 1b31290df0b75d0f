using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Audit;

namespace MuseumPipeline.Store.Sql.Dashboard;

internal sealed class SqlUsers(SqlDatabase database) : IUsers
{
    public async Task<IReadOnlyList<DashboardUser>> ListAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    "select name, role, password_hash, stamp, created_at, updated_at, museums, totp from "
                        + "dashboard_user "
                        + "order by name",
                    r => new DashboardUser(r.Text(), r.Text(), r.Text(), r.Text(), r.Time(), r.Time())
                    {
                        Museums = r.TextOrNull()?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                        SecondFactor = r.TextOrNull(),
                    }
                ),
            cancel
        );

    public Task<bool> AddAsync(
        string name,
        string role,
        string passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WriteAsync(
            """
            insert into dashboard_user (name, role, password_hash, stamp, created_at, updated_at)
            values (@name, @role, @hash, @stamp, @now, @now)
            on conflict (name) do nothing
            """,
            name,
            [("role", role), ("hash", passwordHash), .. NewStamp()],
            move,
            cancel
        );

    public Task<bool> ChangeAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WriteAsync(
            // Only what changes: the dashboard's own role of the database may change passwords, and no roles.
            $"update dashboard_user set {(role is null ? "" : "role = @role, ")}"
                + $"{(passwordHash is null ? "" : "password_hash = @hash, ")}stamp = @stamp, updated_at = @now "
                + "where name = @name",
            name,
            [
                .. role is null ? [] : new (string, object?)[] { ("role", role) },
                .. passwordHash is null ? [] : new (string, object?)[] { ("hash", passwordHash) },
                .. NewStamp(),
            ],
            move,
            cancel
        );

    public Task<bool> LimitAsync(
        string name,
        IReadOnlyList<string>? museums,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WriteAsync(
            "update dashboard_user set museums = @museums, stamp = @stamp, updated_at = @now where name = @name",
            name,
            [("museums", museums is null ? null : string.Join(' ', museums)), .. NewStamp()],
            move,
            cancel
        );

    public Task<bool> RemoveAsync(string name, OperatorMove move, CancellationToken cancel) =>
        WriteAsync("delete from dashboard_user where name = @name", name, [], move, cancel);

    public Task<bool> EndSessionsAsync(string? name, OperatorMove move, CancellationToken cancel)
    {
        const string End = """
            insert into session_end (name, stamp, at) values (@name, @stamp, @now)
            on conflict (name) do update set stamp = excluded.stamp, at = excluded.at
            """;
        return database.TransactAsync(
            async session =>
            {
                (string, object?) whose = ("name", name ?? "");
                var stamp = NewStamp();
                await session.ExecuteAsync(End, [whose, .. stamp]);
                var users = await session.ExecuteAsync(
                    "update dashboard_user set stamp = @stamp where name = @name or @name = ''",
                    whose,
                    stamp[0]
                );
                await session.RecordAsync(name is null ? "every user" : $"user {name}", move);
                return users > 0;
            },
            cancel
        );
    }

    public async Task<IReadOnlyDictionary<string, string>> SessionStampsAsync(CancellationToken cancel)
    {
        var stamps = await database.ConnectedAsync(
            session =>
                session.ReadAsync("select name, stamp from session_end", r => KeyValuePair.Create(r.Text(), r.Text())),
            cancel
        );
        return stamps.ToDictionary(StringComparer.Ordinal);
    }

    public Task<bool> EraseAsync(string name, OperatorMove move, CancellationToken cancel) =>
        database.TransactAsync(session => new Erasure(session, name).RunAsync(move), cancel);

    public Task EndSessionAsync(string session, DateTimeOffset until, CancellationToken cancel) =>
        database.TransactAsync(
            async sql =>
            {
                await sql.ExecuteAsync("delete from session_over where until < @now", ("now", sql.Now));
                await sql.ExecuteAsync(
                    "insert into session_over (session, until) values (@session, @until) on conflict (session) do "
                        + "nothing",
                    ("session", session),
                    ("until", until)
                );
                return true;
            },
            cancel
        );

    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> EndedSessionsAsync(CancellationToken cancel)
    {
        var ended = await database.ConnectedAsync(
            sql =>
                sql.ReadAsync(
                    "select session, until from session_over where until >= @now",
                    r => KeyValuePair.Create(r.Text(), r.Time()),
                    ("now", sql.Now)
                ),
            cancel
        );
        return ended.ToDictionary(StringComparer.Ordinal);
    }

    public Task<bool> SetSecondFactorAsync(
        string name,
        string? sealedSecret,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WriteAsync(
            "update dashboard_user set totp = @totp, totp_step = null, stamp = @stamp, updated_at = @now where name "
                + "= @name",
            name,
            [("totp", sealedSecret), .. NewStamp()],
            move,
            cancel
        );

    public Task<bool> UseStepAsync(string name, long timeStep, CancellationToken cancel) =>
        database.TransactAsync(
            async sql =>
                await sql.ExecuteAsync(
                    "update dashboard_user set totp_step = @step "
                        + "where name = @name and (totp_step is null or totp_step < @step)",
                    ("name", name),
                    ("step", timeStep)
                ) == 1,
            cancel
        );

    private (string, object?)[] NewStamp() => [("stamp", Guid.NewGuid().ToString("N")), ("now", database.Now)];

    private Task<bool> WriteAsync(
        string sql,
        string name,
        (string, object?)[] values,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        database.TransactAsync(
            session => session.ChangeAsync($"user {name}", move, sql, [("name", name), .. values]),
            cancel
        );
}
