using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Reports;

/// <summary>A week of one museum on one sheet of paper, as one HTML file.</summary>
internal sealed class WeeklyReport(MuseumStore store, RatingTarget target, TimeProvider clock)
{
    /// <param name="museum">Its code; null for the first museum.</param>
    /// <exception cref="MuseumException">There is no such museum.</exception>
    public async Task<string> SecurityAsync(ReportWeek week, string? museum, CancellationToken cancel)
    {
        using var cube = new HourCube(store.Counts, clock);
        using var refused = new RefusedDays(store.Quarantine, clock);
        var selection = await SelectAsync(cube, week.Monday, museum, cancel);
        var before = await SelectAsync(cube, week.Monday.AddDays(-7), museum, cancel);
        return new SecurityReport(
            week,
            selection,
            await SafetyView.ReadAsync(selection, refused, store.HelpCalls, [], cancel),
            await SafetyView.ReadAsync(before, refused, store.HelpCalls, [], cancel)
        ).Page();
    }

    /// <inheritdoc cref="SecurityAsync"/>
    public async Task<string> ExhibitionsAsync(ReportWeek week, string? museum, CancellationToken cancel)
    {
        using var cube = new HourCube(store.Counts, clock);
        var selection = await SelectAsync(cube, week.Monday, museum, cancel);
        var own = await store.Targets.ListAsync(selection.Cube.Museum.Id, cancel);
        return new ExhibitionsReport(week, selection, Ratings.Of(selection, target, own), Busiest.Of(selection)).Page();
    }

    private async Task<Selection> SelectAsync(HourCube cube, DateOnly monday, string? museum, CancellationToken cancel)
    {
        var query = new ViewQuery
        {
            Museum = museum,
            From = Text(monday),
            To = Text(monday.AddDays(6)),
        };
        try
        {
            return Selection.Of(query, await cube.CurrentAsync(cancel), clock.GetUtcNow());
        }
        catch (BadQueryException e)
        {
            throw new MuseumException(ExitCode.Usage, $"--{e.Message}", e);
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
