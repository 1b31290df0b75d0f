using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts.Curation;

/// <summary>Pictures of floors, and where exhibitions are on them. Every change is recorded as an operator's
/// act.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IFloorPlans
{
    /// <summary>What a museum has, without the pictures themselves.</summary>
    Task<FloorPlans> ListAsync(int museumId, CancellationToken cancel);

    /// <summary>Null where the floor has none.</summary>
    Task<(FloorPlan Plan, byte[] Picture)?> PictureAsync(int museumId, string floor, CancellationToken cancel);

    /// <summary>Gives a floor this picture, in place of any other.</summary>
    /// <exception cref="MuseumException">The museum has no exhibition on such a floor.</exception>
    Task SetAsync(int museumId, FloorPlan plan, byte[] picture, OperatorMove move, CancellationToken cancel);

    /// <summary>False where the floor has no picture.</summary>
    Task<bool> RemoveAsync(int museumId, string floor, OperatorMove move, CancellationToken cancel);

    /// <param name="place">Null: nowhere.</param>
    /// <exception cref="MuseumException">The museum has no such exhibition.</exception>
    Task PlaceAsync(int museumId, string publicId, PlanPlace? place, OperatorMove move, CancellationToken cancel);
}

/// <param name="Places">By the exhibition's number.</param>
public sealed record FloorPlans(IReadOnlyList<FloorPlan> Pictures, IReadOnlyDictionary<int, PlanPlace> Places);

/// <param name="Digest">Changes with the picture.</param>
public sealed record FloorPlan(string Floor, string MediaType, int Width, int Height, string Digest);

/// <summary>Fractions of a picture, from its left and from its top.</summary>
public readonly record struct PlanPlace(double X, double Y);
