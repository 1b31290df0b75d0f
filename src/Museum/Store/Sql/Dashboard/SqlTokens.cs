using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Tokens;

namespace MuseumPipeline.Store.Sql.Dashboard;

internal sealed class SqlTokens(SqlDatabase database) : ITokens
{
    private const string Columns = "select name, museums, created_at, expires_at from dashboard_token";

    public async Task<IReadOnlyList<ReadToken>> ListAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(session => session.ReadAsync($"{Columns} order by name", Read), cancel);

    public Task<ReadToken?> FindAsync(string hash, CancellationToken cancel) =>
        database.ConnectedAsync(
            async session =>
                (
                    await session.ReadAsync(
                        $"{Columns} where token_hash = @hash and (expires_at is null or expires_at > @now)",
                        Read,
                        ("hash", hash),
                        ("now", session.Now)
                    )
                ).FirstOrDefault(),
            cancel
        );

    public Task<bool> AddAsync(ReadToken token, string hash, OperatorMove move, CancellationToken cancel) =>
        WriteAsync(
            """
            insert into dashboard_token (name, token_hash, museums, created_at, expires_at)
            values (@name, @hash, @museums, @created, @expires)
            on conflict (name) do nothing
            """,
            token.Name,
            [
                ("hash", hash),
                ("museums", token.Museums is { } museums ? string.Join(' ', museums) : null),
                ("created", token.CreatedAt),
                ("expires", token.ExpiresAt),
            ],
            move,
            cancel
        );

    public Task<bool> RevokeAsync(string name, OperatorMove move, CancellationToken cancel) =>
        WriteAsync("delete from dashboard_token where name = @name", name, [], move, cancel);

    private static ReadToken Read(Row r) =>
        new(r.Text(), r.TextOrNull()?.Split(' ', StringSplitOptions.RemoveEmptyEntries), r.Time(), r.TimeOrNull());

    private Task<bool> WriteAsync(
        string sql,
        string name,
        (string, object?)[] values,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        database.TransactAsync(
            session => session.ChangeAsync($"token {name}", move, sql, [("name", name), .. values]),
            cancel
        );
}
