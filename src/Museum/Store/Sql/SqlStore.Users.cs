using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>The dashboard's users and keys. Every change of a user is an operator's act and is recorded as
/// one.</summary>
public abstract partial class SqlStore
{
    public async Task<IReadOnlyList<DashboardUser>> UsersAsync(CancellationToken cancel) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        "select name, role, password_hash, stamp, created_at, updated_at from dashboard_user "
                            + "order by name"
                    ),
                    r => new DashboardUser(
                        r.GetString(0),
                        r.GetString(1),
                        r.GetString(2),
                        r.GetString(3),
                        ReadTime(r, 4)!.Value,
                        ReadTime(r, 5)!.Value
                    ),
                    cancel
                ),
            cancel
        );

    public Task<bool> AddUserAsync(
        string name,
        string role,
        string passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        ChangeUsersAsync(
            """
            insert into dashboard_user (name, role, password_hash, stamp, created_at, updated_at) values (@name, @role, @hash, @stamp, @now, @now)
            on conflict (name) do nothing
            """,
            name,
            [("role", role), ("hash", passwordHash), .. Fresh()],
            move,
            cancel
        );

    public Task<bool> ChangeUserAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        ChangeUsersAsync(
            """
            update dashboard_user
            set role = coalesce(cast(@role as text), role), password_hash = coalesce(cast(@hash as text), password_hash), stamp = @stamp, updated_at = @now
            where name = @name
            """,
            name,
            [("role", role), ("hash", passwordHash), .. Fresh()],
            move,
            cancel
        );

    public Task<bool> RemoveUserAsync(string name, OperatorMove move, CancellationToken cancel) =>
        ChangeUsersAsync("delete from dashboard_user where name = @name", name, [], move, cancel);

    public Task<bool> EndSessionsAsync(string? name, OperatorMove move, CancellationToken cancel) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                (string, object?) whose = ("name", name ?? "");
                var fresh = Fresh();
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "insert into session_end (name, stamp, at) values (@name, @stamp, @now) on conflict "
                            + "(name) do update set stamp = excluded.stamp, at = excluded.at",
                        [whose, .. fresh]
                    ),
                    cancel
                );
                var users = await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "update dashboard_user set stamp = @stamp where name = @name or @name = ''",
                        [whose, fresh[0]]
                    ),
                    cancel
                );
                await RecordAsync(connection, transaction, name is null ? "every user" : $"user {name}", move, cancel);
                return users > 0;
            },
            cancel
        );

    public async Task<IReadOnlyDictionary<string, string>> SessionStampsAsync(CancellationToken cancel) =>
        (
            await WithConnectionAsync(
                connection =>
                    ReadAsync(
                        Command(connection, null, "select name, stamp from session_end"),
                        r => KeyValuePair.Create(r.GetString(0), r.GetString(1)),
                        cancel
                    ),
                cancel
            )
        ).ToDictionary(StringComparer.Ordinal);

    public async Task<IReadOnlyList<string>> CookieKeysAsync(CancellationToken cancel) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(connection, null, "select xml from dashboard_key order by created_at"),
                    r => r.GetString(0),
                    cancel
                ),
            cancel
        );

    public Task AddCookieKeyAsync(string name, string xml, CancellationToken cancel) =>
        WithConnectionAsync(
            connection =>
                ExecuteAsync(
                    Command(
                        connection,
                        null,
                        "insert into dashboard_key (name, xml, created_at) values (@name, @xml, @now) on conflict "
                            + "(name) do nothing",
                        ("name", name),
                        ("xml", xml),
                        ("now", TimeValue(Now))
                    ),
                    cancel
                ),
            cancel
        );

    private (string, object?)[] Fresh() => [("stamp", Guid.NewGuid().ToString("N")), ("now", TimeValue(Now))];

    private Task<bool> ChangeUsersAsync(
        string sql,
        string name,
        (string, object?)[] values,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                var changed =
                    await ExecuteAsync(Command(connection, transaction, sql, [("name", name), .. values]), cancel) == 1;
                if (changed)
                    await RecordAsync(connection, transaction, $"user {name}", move, cancel);
                return changed;
            },
            cancel
        );
}
