using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

internal static class TestExhibitions
{
    /// <summary>An exhibition that no place describes.</summary>
    public static Task<Change> UpsertExhibitionAsync(
        this IMuseums museums,
        int museumId,
        ExhibitionFacts facts,
        CancellationToken cancel
    ) => museums.UpsertExhibitionAsync(museumId, facts, null, cancel);
}
