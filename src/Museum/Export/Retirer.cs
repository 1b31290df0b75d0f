using System.Globalization;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Targets;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Export;

/// <summary>Takes old months out of the database: first all of a month into a file, if it is to be kept, then exactly what
/// that file holds out of the tables. Whenever it dies, the next run goes on: a file that was not complete is written
/// again, and one that is complete is never touched.</summary>
internal sealed class Retirer(
    IEventExport export,
    IRetention retention,
    ITarget? target,
    TimeProvider clock,
    ILogger log
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <exception cref="MuseumException">The place cannot be written to, or another process does the same.</exception>
    /// <exception cref="TransientException">The database was away for too long.</exception>
    public async Task<RetireReport> RunAsync(RetireLimits limits, bool dryRun, CancellationToken cancel)
    {
        await RefuseExportAsync(cancel);
        var before = await retention.ListAsync(cancel);
        List<RetiredPart> parts = [];
        if (!dryRun)
            foreach (var unfinished in before.Where(retired => retired.State is RetirementState.Removing))
                parts.Add(await RemoveAsync(unfinished, cancel));
        foreach (var part in (await export.PartsAsync(cancel)).Where(limits.Include))
            parts.Add(
                dryRun
                    ? new(part.Set, part.Museum, part.Month, part.Rows, null)
                    : await RetireAsync(part, [.. before.Where(retired => IsAbandoned(retired, part))], cancel)
            );
        return new(parts);
    }

    /// <summary>An export would take its own files back, and these for foreign ones.</summary>
    private async Task RefuseExportAsync(CancellationToken cancel)
    {
        if (target is not null && await target.ReadAsync(Exporter.NoteName, cancel) is not null)
            throw new MuseumException(
                ExitCode.Usage,
                $"--to: {target.Describe} is where museum export parquet writes to; expected a place of its own for "
                    + "what leaves the database"
            );
    }

    private bool IsAbandoned(Retirement retired, ExportPart part) =>
        retired is { State: RetirementState.Writing, File: not null }
        && retired.Place == target?.Describe
        && (retired.What, retired.Museum, retired.Month) == (part.Set, part.Museum, part.Month);

    private async Task<RetiredPart> RetireAsync(ExportPart part, List<Retirement> abandoned, CancellationToken cancel)
    {
        Retirement begun;
        while ((begun = await BeginAsync(part, cancel)).State is RetirementState.Removing)
            await RemoveAsync(begun, cancel);
        foreach (var old in abandoned)
            await DeleteAsync(old.File!, cancel);
        var positions = await ReadAsync(part, begun.File, cancel);
        if (await PatientlyAsync(token => retention.PlanAsync(begun.Id, positions, token), cancel))
            return await RemoveAsync(begun, cancel);
        if (begun.File is not null)
            await DeleteAsync(begun.File, cancel);
        throw new MuseumException(
            ExitCode.Service,
            $"another museum db retain has begun {part.Month} of {part.Museum} too: let it go on alone"
        );
    }

    private Task<Retirement> BeginAsync(ExportPart part, CancellationToken cancel) =>
        PatientlyAsync(
            token =>
                retention.BeginAsync(
                    part,
                    target?.Describe,
                    number => Exporter.NameOf(part.Set, part.Museum, part.Month, number),
                    token
                ),
            cancel
        );

    /// <summary>What is to go: the rows that its file holds.</summary>
    private async Task<RetiredPositions> ReadAsync(ExportPart part, string? name, CancellationToken cancel)
    {
        var positions = new RetiredPositions();
        if (name is null)
            await PartFile.WriteAsync(export, part, null, cancel, positions);
        else
            await target!.PutAsync(name, file => PartFile.WriteAsync(export, part, file, cancel, positions), cancel);
        return positions;
    }

    private async Task DeleteAsync(string file, CancellationToken cancel)
    {
        if ((await target!.ListAsync(cancel)).Contains(file))
            await target.DeleteAsync(file, cancel);
    }

    private async Task<RetiredPart> RemoveAsync(Retirement retired, CancellationToken cancel)
    {
        var rows = 0L;
        while (await PatientlyAsync(token => retention.RemoveAsync(retired.Id, token), cancel) is { } removed)
            rows += removed;
        log.LogInformation(
            "retain: {What} of {Museum}, {Month}: {Rows} rows out of the tables, {File}",
            retired.What,
            retired.Museum,
            retired.Month,
            rows,
            retired.File is null ? "away" : $"kept in {retired.Place}: {retired.File}"
        );
        return new(retired.What, retired.Museum, retired.Month, rows, retired.File);
    }

    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var retry = Retry.Policy(
            clock,
            e => log.LogWarning("retain: {Problem}; trying again", e.Message),
            () => clock.GetElapsedTime(started) <= Patience
        );
        return await retry.ExecuteAsync(async token => await work(token), cancel);
    }
}

/// <param name="Events">Events from before this instant, the beginning of a month, go; null: none.</param>
/// <param name="Refusals">The same of refusals, by when they arrived.</param>
internal sealed record RetireLimits(DateTimeOffset? Events, DateTimeOffset? Refusals)
{
    public bool Include(ExportPart part) =>
        (part.Set is ExportSet.Events ? Events : Refusals) is { } limit
        && string.CompareOrdinal(part.Month, limit.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture)) < 0;
}

internal sealed record RetireReport(IReadOnlyList<RetiredPart> Parts)
{
    public long Rows(ExportSet set) => Parts.Where(part => part.Set == set).Sum(part => part.Rows);
}

/// <param name="File">Null if it went away.</param>
internal sealed record RetiredPart(ExportSet Set, string Museum, string Month, long Rows, string? File);
