using MuseumPipeline.Store.Contracts.Curation;

namespace MuseumPipeline.Numbers.Exhibitions;

/// <summary>What the museum itself says of its exhibitions.</summary>
internal sealed class Curation(IAnnotations annotations, ITargets targets)
{
    public Task<IReadOnlyDictionary<int, double>> TargetsAsync(Selection selection, CancellationToken cancel) =>
        targets.ListAsync(selection.Cube.Museum.Id, cancel);

    /// <summary>Those of the exhibitions asked for, and of the whole museum, in the days asked for.</summary>
    public async Task<IReadOnlyList<AnnotationView>> AnnotationsAsync(Selection selection, CancellationToken cancel)
    {
        var mine = selection.Exhibitions.Select(exhibition => exhibition.Card.Id).ToHashSet();
        var all = await annotations.ListAsync(selection.Cube.Museum.Id, selection.From, selection.To, cancel);
        return
        [
            .. all.Where(one => one.ExhibitionId is not { } id || mine.Contains(id))
                .Select(one => AnnotationView.Of(one, selection.Cube)),
        ];
    }
}
