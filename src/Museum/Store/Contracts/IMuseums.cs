using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Museums, their exhibitions and the buttons of their kiosks.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IMuseums
{
    Task<IReadOnlyList<Museum>> ListAsync(CancellationToken cancel);

    /// <summary>What a record of this museum may refer to.</summary>
    Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel);

    /// <summary>Adds a museum; its code, topic and prefix must be unique.</summary>
    /// <exception cref="MuseumException">One of them belongs to another museum, or cannot be used.</exception>
    Task<Museum> AddAsync(MuseumFacts facts, CancellationToken cancel);

    /// <summary>Changes a museum. Records that were judged before are not judged again.</summary>
    /// <param name="code">In any letter case.</param>
    /// <param name="change">From the current values to the new ones.</param>
    /// <exception cref="MuseumException">No museum has the code, or the change cannot be made.</exception>
    Task<(Museum Museum, Change Change)> ChangeAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    );

    /// <summary>Removes a museum without exhibitions, sources or positions in a stream.</summary>
    /// <exception cref="MuseumException">No museum has the code, or it has something.</exception>
    Task<Museum> RemoveAsync(string code, CancellationToken cancel);

    /// <summary>In which way a place's file contradicts what another place has said of this exhibition, for a person;
    /// null where it does not.</summary>
    Task<string?> ContradictionAsync(int museumId, ExhibitionFacts facts, string place, CancellationToken cancel);

    /// <summary>Creates or changes the exhibition of this public id, its floor and its department.</summary>
    /// <param name="place">Where it is described so; null where that is not known.</param>
    /// <exception cref="ExhibitionConflictException">Another public id already stands for the same site
    /// number.</exception>
    Task<Change> UpsertExhibitionAsync(int museumId, ExhibitionFacts facts, string? place, CancellationToken cancel);
}

public enum Change
{
    Unchanged,
    Created,
    Changed,
}
