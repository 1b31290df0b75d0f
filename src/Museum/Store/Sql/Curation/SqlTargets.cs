using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Curation;

internal sealed class SqlTargets(SqlDatabase database) : ITargets
{
    public async Task<IReadOnlyDictionary<int, double>> ListAsync(int museumId, CancellationToken cancel)
    {
        var targets = await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    """
                    select exhibition_id, mean from exhibition_target
                    where exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
                    """,
                    r => KeyValuePair.Create(r.Int(), r.Real()),
                    ("museum", museumId)
                ),
            cancel
        );
        return targets.ToDictionary();
    }

    public Task SetAsync(int exhibitionId, double? mean, OperatorMove move, CancellationToken cancel)
    {
        const string Set = """
            insert into exhibition_target (exhibition_id, mean) values (@exhibition, @mean)
            on conflict (exhibition_id) do update set mean = excluded.mean
            """;
        return database.TransactAsync(
            async session =>
            {
                if (mean is null)
                    await session.ExecuteAsync(
                        "delete from exhibition_target where exhibition_id = @exhibition",
                        ("exhibition", exhibitionId)
                    );
                else
                    await session.ExecuteAsync(Set, ("exhibition", exhibitionId), ("mean", mean));
                return await session.RecordAsync($"exhibition {exhibitionId}", move);
            },
            cancel
        );
    }
}
