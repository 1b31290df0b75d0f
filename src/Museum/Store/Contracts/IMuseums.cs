using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Museums, their exhibitions and the buttons of their kiosks.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface IMuseums
{
    Task<IReadOnlyList<Museum>> ListAsync(CancellationToken cancel);

    /// <summary>What a record of this museum may speak of.</summary>
    Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel);

    /// <summary>Adds a museum; its code, topic and prefix must be its own.</summary>
    /// <exception cref="MuseumException">One of them belongs to another museum, or cannot be used.</exception>
    Task<Museum> AddAsync(MuseumFacts facts, CancellationToken cancel);

    /// <summary>Changes a museum. What was judged before stays as it was judged.</summary>
    /// <param name="code">In any case of letters.</param>
    /// <param name="change">From what is there to what shall be.</param>
    /// <exception cref="MuseumException">No museum has the code, or the change cannot be made.</exception>
    Task<(Museum Museum, Change Change)> ChangeAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    );

    /// <summary>Removes a museum that has nothing: no exhibition, no source, no position in a stream.</summary>
    /// <exception cref="MuseumException">No museum has the code, or it has something.</exception>
    Task<Museum> RemoveAsync(string code, CancellationToken cancel);

    /// <summary>Creates or changes the exhibition of this public id, its floor and its department.</summary>
    /// <exception cref="ExhibitionConflictException">Another public id already stands for the same site
    /// number.</exception>
    Task<Change> UpsertExhibitionAsync(int museumId, ExhibitionFacts facts, CancellationToken cancel);
}

public enum Change
{
    Unchanged,
    Created,
    Changed,
}
