using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>An exhibition in the API.</summary>
internal sealed record Exh(
    string PublicId,
    string Site,
    string Name,
    string Floor,
    string Department,
    DateOnly? StartDate
)
{
    public static Exh Of(ExhibitionCard place) =>
        new(place.PublicId, place.Site, place.Name, place.Floor, place.Department, place.StartDate);
}
