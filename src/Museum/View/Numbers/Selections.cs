namespace MuseumPipeline.View.Numbers;

/// <summary>From a query to the presses it asks for.</summary>
public sealed class Selections(HourCube cube, Repeats repeats, TimeProvider clock)
{
    /// <exception cref="BadQueryException">Something in the query names nothing.</exception>
    /// <exception cref="Run.TransientException">The database cannot be read just now.</exception>
    public async Task<Selection> OfAsync(ViewQuery query, CancellationToken cancel)
    {
        var selection = Selection.Of(query, await cube.CurrentAsync(cancel), clock.GetUtcNow());
        return selection.ExcludeRepeats ? selection.Over(await repeats.WithoutAsync(selection.Cube, selection.DaysLookedAt(), cancel)) : selection;
    }
}
