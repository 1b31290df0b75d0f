using Microsoft.Extensions.Logging;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Original;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Load.Import;

/// <summary>Takes the original's database over: exhibitions, buttons and every row, each once, however often it is
/// asked. Its tables are only read.</summary>
internal sealed class Importer(MuseumStore store, OriginalDatabase original, LoadOptions options, ILogger log)
{
    /// <summary>No row has this number.</summary>
    private const short NotHere = -1;

    /// <exception cref="MuseumException">Stopped; what was committed before stays.</exception>
    public async Task<ImportReport> RunAsync(ImportRequest request, IProgress<long>? progress, CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        var museum = await MuseumAsync(request.Museum, cancel);
        var zone = ZoneOf(request.TimeZone, museum);
        var report = new ImportReport
        {
            From = $"{request.Location}/{request.Name}",
            Museum = museum.Code,
            TimeZone = zone?.Id,
        };
        var identity = new SourceIdentity(museum.Id, OldRows.Kind, request.Location, request.Name, "", 0);
        await RefuseRemovedAsync(identity, cancel);
        report.RunId = await store.Runs.StartAsync("db import", report.From, cancel);
        try
        {
            await RefuseKnownAsync(identity, zone, cancel);
            var meanings = new OldMeanings(
                await ExhibitionsAsync(identity, report, cancel),
                await ButtonsAsync(
                    PressKind.Rating,
                    added => AddAsync(PressKind.Rating, added, report, cancel),
                    cancel
                ),
                await ButtonsAsync(
                    PressKind.Support,
                    added => AddAsync(PressKind.Support, added, report, cancel),
                    cancel
                ),
                zone
            );
            await using var claim =
                await store.Sources.ClaimAsync(identity, cancel)
                ?? throw new MuseumException(
                    ExitCode.Service,
                    $"another process is taking {report.From} over: try again when it is done"
                );
            var presses = new OldPresses(meanings, options.History, options.Clock);
            var rows = new ImportRows(store, claim, presses, report, options.SliceRecords) { Progress = progress };
            foreach (var kind in (PressKind[])[PressKind.Rating, PressKind.Support])
                await rows.TakeAsync(original, kind, cancel);
            await rows.FinishAsync(cancel);
            report.NumbersKept = claim.Current!.Id == 0;
            report.Elapsed = options.Clock.GetElapsedTime(started);
            if (!report.Counts.Balanced)
                throw new MuseumException(ExitCode.DataRefused, $"the rows do not balance: {report.Counts}");
            await store.Runs.FinishAsync(report.RunId, RunEnd.Done with { Already = rows.AlreadyUntouched }, cancel);
            return report;
        }
        catch (Exception e)
        {
            await RunEnding.FinishBadlyAsync(store.Runs, report.RunId, e, log);
            throw;
        }
    }

    private async Task<Museum> MuseumAsync(string? code, CancellationToken cancel)
    {
        var museums = await store.Museums.ListAsync(cancel);
        if (code is null && museums is [var only])
            return only;
        return museums.FirstOrDefault(m => string.Equals(m.Code, code, StringComparison.OrdinalIgnoreCase))
            ?? throw new MuseumException(
                ExitCode.Usage,
                $"--museum: found {code ?? "nothing"}, expected one of {string.Join(", ", museums.Select(m => m.Code))}"
            );
    }

    private TimeZoneInfo? ZoneOf(string? wanted, Museum museum)
    {
        if (original.HasInstants)
            return wanted is null
                ? null
                : throw new MuseumException(
                    ExitCode.Usage,
                    $"--time-zone: found {wanted}, but the times there are instants (timestamp with time zone): "
                        + $"leave it out"
                );
        return TimeZoneInfo.TryFindSystemTimeZoneById(wanted ?? museum.TimeZone, out var zone) && zone.HasIanaId
            ? zone
            : throw new MuseumException(
                ExitCode.Usage,
                $"--time-zone: found {wanted ?? museum.TimeZone}, expected a name of the IANA list, as Europe/London"
            );
    }

    private async Task RefuseRemovedAsync(SourceIdentity identity, CancellationToken cancel)
    {
        var aside = await store.Ledger.SetAsideAsync(identity.Location, cancel);
        if (aside.FirstOrDefault(row => row.Name == identity.Name) is not { } left)
            return;
        if (!options.Again)
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{identity.Location}/{identity.Name}: {left.Detail}; nothing was taken over. --again does it all "
                    + $"the same"
            );
        await store.Ledger.ForgetAsync(identity, cancel);
    }

    private async Task<IReadOnlyDictionary<int, int>> ExhibitionsAsync(
        SourceIdentity identity,
        ImportReport report,
        CancellationToken cancel
    )
    {
        var old = await original.ExhibitionsAsync(cancel);
        var places = await store.Imports.TakePlacesAsync(
            identity,
            [
                .. old.Select(e => new OldExhibition(
                    e.Id,
                    e.Name,
                    e.Start,
                    e.Description,
                    new(e.FloorId, e.Floor ?? OldName.Unknown),
                    new(e.DepartmentId, e.Department ?? OldName.Unknown)
                )),
            ],
            cancel
        );
        (report.Exhibitions, report.ExhibitionsCreated) = (old.Count, places.Created);
        return places.ByOldId;
    }

    /// <summary>Buttons are known by their values. Those that are new are added, where the scale allows it.</summary>
    /// <param name="add">Adds one and returns its id.</param>
    private async Task<IReadOnlyDictionary<long, OldButton>> ButtonsAsync(
        PressKind kind,
        Func<PressType, Task<short>> add,
        CancellationToken cancel
    )
    {
        var buttons = await store.Buttons.ListAsync(cancel);
        var known = (kind is PressKind.Rating ? buttons.Ratings : buttons.Support).ToDictionary(
            b => b.Value,
            b => b.Id
        );
        var meanings = new Dictionary<long, OldButton>();
        foreach (var old in await original.TypesAsync(WordOf(kind), cancel))
        {
            var fits = kind is PressKind.Rating ? old.Value == known.Keys.Max() + 1 : old.Value >= 0;
            if (!known.ContainsKey(old.Value) && fits)
                known[old.Value] = await add(new PressType(0, old.Value, old.Description));
            meanings[old.Id] = new(known.TryGetValue(old.Value, out var id) ? id : null, old.Value);
        }

        return meanings;
    }

    private async Task<short> AddAsync(PressKind kind, PressType button, ImportReport report, CancellationToken cancel)
    {
        var added = await store.Buttons.AddAsync(kind, button, "db import", cancel);
        report.ButtonsAdded.Add($"{WordOf(kind)} {button.Value} {button.Description}");
        return added.Id;
    }

    private static string WordOf(PressKind kind) => kind is PressKind.Rating ? "rating" : "support";

    /// <summary>Before anything is written: were its presses loaded already, from the bucket it was filled
    /// from?</summary>
    private async Task RefuseKnownAsync(SourceIdentity identity, TimeZoneInfo? zone, CancellationToken cancel)
    {
        var begun = await store.Sources.ListAsync(identity.Location, cancel);
        if (options.Again || begun.Any(row => row.Name == identity.Name && row.Counts.Read > 0))
            return;
        var presses = new OldPresses(
            await KnownMeaningsAsync(identity.MuseumId, zone, cancel),
            options.History,
            options.Clock
        );
        var count = await original.CountAsync(PressKind.Rating, cancel);
        List<KioskEvent> sample = [];
        await foreach (var row in original.PressesAsync(PressKind.Rating, (count / PressSample.Most) + 1, cancel))
        {
            if (presses.Judge(0, PressKind.Rating, row, out var press) is null)
                sample.Add(press);
        }

        try
        {
            await KnownContent.RefuseAsync(store, identity, new(sample, ""), null, cancel);
        }
        catch (KnownContentException e)
        {
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{identity.Location}/{identity.Name}: {e.Message}; nothing was taken over. --again does it all "
                    + $"the same",
                e
            );
        }
    }

    /// <summary>What its ratings mean before anything of it is added: presses of what is not here are in no
    /// table.</summary>
    private async Task<OldMeanings> KnownMeaningsAsync(int museumId, TimeZoneInfo? zone, CancellationToken cancel)
    {
        var here = (await store.Museums.VocabularyAsync(museumId, cancel)).Exhibitions;
        var exhibitions = (await original.ExhibitionsAsync(cancel)).ToDictionary(
            old => old.Id,
            old => here.FirstOrDefault(e => OldExhibition.IsSame(e.Name, old.Name))?.Id ?? NotHere
        );
        var ratings = await ButtonsAsync(PressKind.Rating, _ => Task.FromResult(NotHere), cancel);
        return new(exhibitions, ratings, new Dictionary<long, OldButton>(), zone);
    }
}
