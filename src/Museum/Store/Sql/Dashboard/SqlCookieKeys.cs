using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Dashboard;

internal sealed class SqlCookieKeys(SqlDatabase database) : ICookieKeys
{
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(
            session => session.ReadAsync("select xml from dashboard_key order by created_at", r => r.Text()),
            cancel
        );

    public Task AddAsync(string name, string xml, CancellationToken cancel) =>
        database.ConnectedAsync(
            session =>
                session.ExecuteAsync(
                    "insert into dashboard_key (name, xml, created_at) values (@name, @xml, @now) "
                        + "on conflict (name) do nothing",
                    ("name", name),
                    ("xml", xml),
                    ("now", session.Now)
                ),
            cancel
        );
}
