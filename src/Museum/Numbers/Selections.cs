using MuseumPipeline.Model;

namespace MuseumPipeline.Numbers;

/// <summary>From a query to the presses it selects.</summary>
internal sealed class Selections(HourCube cube, Repeats repeats, TimeProvider clock)
{
    /// <summary>The same with every press in it, whatever the query says of repeats.</summary>
    public async Task<Selection> WholeAsync(ViewQuery query, CancellationToken cancel) =>
        Selection.Of(query, await cube.CurrentAsync(cancel), clock.GetUtcNow());

    /// <summary>Only of the hours asked for.</summary>
    /// <inheritdoc cref="OfAsync(ViewQuery, CancellationToken)"/>
    public async Task<Selection> OfAsync(ViewQuery query, HoursQuery hours, CancellationToken cancel)
    {
        var some = HoursFilter.Of(hours.Weekday, hours.Hour);
        return (await OfAsync(query, cancel)).Within(some);
    }

    /// <exception cref="BadQueryException">Something in the query does not exist.</exception>
    /// <exception cref="TransientException">The database cannot be read now.</exception>
    public async Task<Selection> OfAsync(ViewQuery query, CancellationToken cancel)
    {
        var selection = await WholeAsync(query, cancel);
        if (!selection.ExcludeRepeats)
            return selection;
        if (selection.Wait)
            return selection.Over(await repeats.WithoutAsync(selection.Cube, selection.DaysLookedAt(), cancel));
        var (without, complete) = repeats.WithoutSoFar(selection.Cube, selection.DaysLookedAt());
        return selection.Over(without) with { RepeatsPending = !complete };
    }
}
