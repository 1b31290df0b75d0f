using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Curation;

internal sealed class SqlAnnotations(SqlDatabase database) : IAnnotations
{
    public async Task<IReadOnlyList<Annotation>> ListAsync(
        int museumId,
        DateOnly first,
        DateOnly last,
        CancellationToken cancel
    ) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    """
                    select annotation_id, museum_id, exhibition_id, day, note, who, at from annotation
                    where museum_id = @museum and day >= @from and day <= @to order by day, annotation_id
                    """,
                    r => new Annotation(r.Int(), r.Int(), r.IntOrNull(), r.Day(), r.Text(), r.Text(), r.Time()),
                    ("museum", museumId),
                    ("from", first),
                    ("to", last)
                ),
            cancel
        );

    public Task<Annotation> AddAsync(Annotation annotation, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                var id = await session.NumberAsync(
                    """
                    insert into annotation (museum_id, exhibition_id, day, note, who, at)
                    values (@museum, @exhibition, @day, @note, @who, @at) returning annotation_id
                    """,
                    ("museum", annotation.MuseumId),
                    ("exhibition", annotation.ExhibitionId),
                    ("day", annotation.Day),
                    ("note", annotation.Text),
                    ("who", annotation.Who),
                    ("at", annotation.At)
                );
                await session.RecordAsync(
                    $"annotation {id}",
                    new OperatorMove(annotation.Who, "annotation add", annotation.Text)
                    {
                        By = new(annotation.Who, "dashboard"),
                        Typed = true,
                    }
                );
                return annotation with { Id = (int)id!.Value };
            },
            cancel
        );

    public Task<bool> RemoveAsync(int museumId, int id, OperatorMove move, CancellationToken cancel) =>
        database.TransactAsync(
            session =>
                session.ChangeAsync(
                    $"annotation {id}",
                    move,
                    "delete from annotation where annotation_id = @id and museum_id = @museum",
                    ("id", id),
                    ("museum", museumId)
                ),
            cancel
        );
}
