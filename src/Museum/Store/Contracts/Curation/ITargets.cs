namespace MuseumPipeline.Store.Contracts.Curation;

/// <summary>What exhibitions are held against that have a target of their own.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface ITargets
{
    /// <summary>By the exhibition's number.</summary>
    Task<IReadOnlyDictionary<int, double>> ListAsync(int museumId, CancellationToken cancel);

    /// <param name="mean">Null: the museum's target again.</param>
    Task SetAsync(int exhibitionId, double? mean, OperatorMove move, CancellationToken cancel);
}
