using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Archives;

/// <summary>Loads stream messages from a file of JSON lines, such as an archive or a held-back log, once: by the rules
/// of the stream, slice by slice.</summary>
public sealed class ArchiveLoader(MuseumStore store, StreamOptions options, ILogger log)
{
    private const int SliceRecords = 65_536;
    private readonly Breaker breaker = new(options.Breaker);
    private long left = options.MaxMessages ?? long.MaxValue;

    /// <summary>Loads what is not loaded yet.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="museum">The kiosks' museum.</param>
    /// <param name="arguments">For the ledger's run.</param>
    public async Task<RunReport> RunAsync(Archive archive, Museum museum, string arguments, CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        var runId = await store.Runs.StartAsync("consume", arguments, cancel);
        var report = new RunReport
        {
            Command = "consume",
            Target = store.Target,
            RunId = runId,
        };
        try
        {
            var location = $"archive:{museum.Code}";
            var sources = await store.Sources.ListAsync(location, cancel);
            var version = await archive.FindAsync(sources.Select(s => (s.Version, s.Size)), cancel);
            var known = version is null ? null : sources.First(s => s.Version == version);
            if (known is not null && known.Version != archive.Version)
                await store.Sources.ExtendAsync(known, archive.Version, archive.Size, cancel);
            var identity = new SourceIdentity(
                museum.Id,
                "file",
                location,
                known?.Name ?? archive.Version,
                archive.Version,
                archive.Size
            );
            if (known is null && !options.Again)
                await RefuseAsync(archive, identity, museum, cancel);
            await using var claim =
                await store.Sources.ClaimAsync(identity, cancel)
                ?? throw new MuseumException(ExitCode.Service, $"{archive.Name} is being loaded by another process");
            var before = claim.Current?.Counts.Read ?? 0;
            if (claim.Current?.State is not SourceState.Loaded)
                await LoadAsync(archive, claim, museum, runId, cancel);
            await store.Ledger.ForgetAsync(identity, cancel);
            await AccountAsync(report, archive, claim, before, runId, cancel);
            report.Elapsed = options.Clock.GetElapsedTime(started);
            await store.Runs.FinishAsync(runId, RunEnd.Done with { Already = before }, cancel);
            return report;
        }
        catch (Exception e)
        {
            await RunEnding.FinishBadlyAsync(store.Runs, runId, e, log);
            throw;
        }
    }

    /// <summary>Content that is there under other names, or was removed, is loaded only with <c>--again</c>.</summary>
    private async Task RefuseAsync(Archive archive, SourceIdentity identity, Museum museum, CancellationToken cancel)
    {
        var left = (await store.Ledger.SetAsideAsync(identity.Location, cancel)).FirstOrDefault(row =>
            row.Version == identity.Version && row.Why == "removed"
        );
        if (left is not null)
            throw Refused(archive, left.Detail);
        var judge = new MessageJudge(
            new Cleaner(await store.Museums.VocabularyAsync(museum.Id, cancel), options.Rules, options.Clock)
        );
        try
        {
            await KnownContent.RefuseAsync(store, identity, PressSample.OfArchive(archive, judge), null, cancel);
        }
        catch (KnownContentException e)
        {
            throw Refused(archive, e.Message);
        }
    }

    private static MuseumException Refused(Archive archive, string why) =>
        new(ExitCode.DataRefused, $"{archive.Name}: {why}; nothing of it was loaded. To load it all the same: --again");

    private async Task LoadAsync(Archive archive, Claim claim, Museum museum, int runId, CancellationToken cancel)
    {
        var judge = new MessageJudge(
            new Cleaner(await store.Museums.VocabularyAsync(museum.Id, cancel), options.Rules, options.Clock)
        );
        var search = new Bisection(SliceRecords);
        while (true)
        {
            // Repeated after each fault, from the last commit.
            using var reader = archive.Read(claim.Current?.NextByte ?? 0, claim.Current?.NextPosition ?? 1);
            var slice = new ArchiveSlice(reader, judge);
            try
            {
                judge.Database = search.Verdict;
                while (left > 0 && await LoadSliceAsync(archive, slice, claim, runId, search, cancel))
                    judge.Database = search.Verdict;
                return;
            }
            catch (RowRefusedException e)
            {
                search.Refused(e, slice.Counts.Read, $"{archive.Name}, line {claim.Current?.NextPosition ?? 1}");
                log.LogWarning(
                    "consume: {Archive}: {Problem}; looking for the message among {Messages}",
                    archive.Name,
                    e.Message,
                    slice.Counts.Read
                );
            }
        }
    }

    /// <summary>One transaction; false when it reached the end.</summary>
    private async Task<bool> LoadSliceAsync(
        Archive archive,
        ArchiveSlice slice,
        Claim claim,
        int runId,
        Bisection search,
        CancellationToken cancel
    )
    {
        await using var load =
            await store.Sources.BeginAsync(claim, runId, cancel)
            ?? throw new MuseumException(
                ExitCode.Service,
                "another process is loading the same file: try again when it is done"
            );
        slice.Start();
        var more = true;
        for (var todo = Math.Min(search.Size, left); more && todo > 0; todo -= ObjectLoader.FlushRecords)
        {
            more = slice.Run(load, (int)Math.Min(todo, ObjectLoader.FlushRecords));
            await load.FlushAsync(cancel);
        }

        archive.CheckUnchanged();
        var counts = slice.Counts;
        var state = more ? SourceState.Loading : SourceState.Loaded;
        await load.CommitAsync(
            new LoadProgress(slice.NextByte, slice.NextLine, state, counts, counts.Read, 0, null)
            {
                OwnRepeats = slice.OwnRepeats,
            },
            cancel
        );
        left -= counts.Read;
        search.Committed();
        breaker.Check(counts, slice.Refused, archive.Name);
        return more;
    }

    /// <summary>Verdicts only: nothing is written.</summary>
    public async Task<RunReport> DryRunAsync(Archive archive, Museum museum, CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        var judge = new MessageJudge(
            new Cleaner(await store.Museums.VocabularyAsync(museum.Id, cancel), options.Rules, options.Clock)
        );
        using var reader = archive.Read(0, 1);
        var slice = new ArchiveSlice(reader, judge);
        slice.Start();
        while (left > 0 && slice.Run(null, (int)Math.Min(left, ObjectLoader.FlushRecords)))
            left -= ObjectLoader.FlushRecords;
        var report = new RunReport
        {
            Command = "consume",
            Target = store.Target,
            DryRun = true,
            Counts = slice.Counts,
            Elapsed = options.Clock.GetElapsedTime(started),
        };
        foreach (var (reason, count) in judge.Refused.ByCode)
            report.Reasons[reason] = count;
        report.Sources.Add(new SourceReport(archive.Name, archive.Version, "judged", slice.Counts));
        return report;
    }

    private async Task AccountAsync(
        RunReport report,
        Archive archive,
        Claim claim,
        long before,
        int runId,
        CancellationToken cancel
    )
    {
        var ours = (await store.Runs.SourcesAsync(runId, cancel)).SingleOrDefault();
        var counts = (ours?.Counts ?? default) + new Counts(before, 0, 0, 0, before, 0, 0);
        report.Counts = counts;
        var state =
            ours is null ? "already"
            : claim.Current?.State is SourceState.Loaded ? "loaded"
            : "partial";
        report.Sources.Add(new SourceReport(archive.Name, archive.Version, state, counts));
        foreach (var reason in await store.Runs.ReasonsAsync(runId, cancel))
            report.Reasons[reason.Reason.Code()] = reason.Count;
    }
}

/// <summary>Parses and cleans lines, and counts them since the start of the transaction.</summary>
internal sealed class ArchiveSlice(NdjsonReader reader, MessageJudge judge)
{
    private long read,
        ratings,
        support,
        quarantined,
        help;
    private readonly OwnRepeats repeats = new();
    private long repeatsBefore;

    public Counts Counts => new(read, ratings, support, quarantined, 0, 0, help);

    /// <summary>Presses since the start of the transaction that repeat an earlier one of the same file.</summary>
    public long OwnRepeats => repeats.Count - repeatsBefore;

    public long NextByte => reader.NextOffset;

    public long NextLine => reader.NextLine;

    /// <summary>Why lines were refused since the start of the transaction.</summary>
    public ReasonTally Refused => judge.Refused;

    /// <summary>Begins a transaction.</summary>
    public void Start()
    {
        (read, ratings, support, quarantined, help) = (0, 0, 0, 0, 0);
        judge.Refused.Clear();
        repeatsBefore = repeats.Count;
        judge.StartBatch();
    }

    /// <summary>Judges up to this many lines; false if there are no more.</summary>
    public bool Run(IRecordSink? load, int records)
    {
        for (; records > 0; records--)
        {
            if (!reader.Read())
                return false;
            read++;
            var line = new RawRecord(load?.SourceId ?? 0, reader.Line, reader.Raw, reader.RawLength);
            if (judge.Judge(line, out var press) is { } refused)
                Refuse(load, refused);
            else
                Accept(load, press);
        }

        return true;
    }

    private void Accept(IRecordSink? load, in KioskEvent press)
    {
        load?.Write(press);
        repeats.Add(press.ContentHash);
        if (press.Kind is PressKind.Rating)
            ratings++;
        else
            support++;
    }

    private void Refuse(IRecordSink? load, Refusal refused)
    {
        load?.Write(refused);
        quarantined++;
        if (refused.PossibleHelp)
            help++;
    }
}
