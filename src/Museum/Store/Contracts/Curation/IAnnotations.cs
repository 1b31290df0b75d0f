namespace MuseumPipeline.Store.Contracts.Curation;

/// <summary>What happened on a day, in the words of whoever knows: "opened", "half-term", "labels changed". Every
/// change is recorded as an operator's act.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IAnnotations
{
    /// <summary>Those of a museum from one day to another, both included, the oldest first.</summary>
    Task<IReadOnlyList<Annotation>> ListAsync(int museumId, DateOnly first, DateOnly last, CancellationToken cancel);

    /// <summary>Adds one; its id is given here.</summary>
    Task<Annotation> AddAsync(Annotation annotation, CancellationToken cancel);

    /// <summary>False where the museum has none of this id.</summary>
    Task<bool> RemoveAsync(int museumId, int id, OperatorMove move, CancellationToken cancel);
}

/// <param name="ExhibitionId">Null: the whole museum.</param>
/// <param name="Day">Of the museum's own days.</param>
public sealed record Annotation(
    int Id,
    int MuseumId,
    int? ExhibitionId,
    DateOnly Day,
    string Text,
    string Who,
    DateTimeOffset At
);
