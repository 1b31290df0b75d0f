using System.Globalization;
using MuseumPipeline.Store.Contracts.Curation;

namespace MuseumPipeline.Numbers.Exhibitions;

/// <summary>What happened on a day, as somebody wrote it down.</summary>
/// <param name="PublicId">Of the exhibition; null: the whole museum.</param>
internal sealed record AnnotationView(
    string Id,
    string? PublicId,
    DateOnly Day,
    string Text,
    string Who,
    DateTimeOffset At
)
{
    public static AnnotationView Of(Annotation annotation, MuseumCube cube) =>
        new(
            annotation.Id.ToString(CultureInfo.InvariantCulture),
            cube.Exhibitions.FirstOrDefault(e => e.Card.Id == annotation.ExhibitionId)?.Card.PublicId,
            annotation.Day,
            annotation.Text,
            annotation.Who,
            annotation.At
        );
}
