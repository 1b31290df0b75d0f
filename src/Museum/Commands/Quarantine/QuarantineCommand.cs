using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Quarantine;

/// <summary><c>museum quarantine</c>: records that are kept with the reason why they are not counted.</summary>
internal static class QuarantineCommand
{
    private static readonly Argument<long> Id = new("ID")
    {
        Description = "The record's number, as list shows it",
        CustomParser = result => NumberOption.Whole(result, "ID", 1L) ?? 0,
    };

    private static readonly Argument<long?> OneId = new("ID")
    {
        Description = "The record's number, as shown by list",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => NumberOption.Whole(result, "ID", 1L),
    };

    private static readonly Option<string> Why = new("--why")
    {
        Description = "Why they are discarded; it is kept with them",
        HelpName = "TEXT",
        Required = true,
    };

    private static readonly Argument<string> OutputFile = new("FILE")
    {
        Description = "The file to write: .csv for a spreadsheet, .ndjson for programs",
    };

    private static readonly Option<string> ReasonCode = Reason();

    private static readonly Option<bool> PossibleHelp = new("--possible-help")
    {
        Description = "Only records that may have been calls for help",
    };

    private static readonly Option<bool> Resolved = new("--resolved")
    {
        Description = "Also records that are no longer held: replayed, or from a replaced object",
    };

    private static readonly Option<int> Most = Options.Most("records", 50);

    private static readonly Option<bool> All = new("--all") { Description = "Replay everything that is held" };

    public static Command Create()
    {
        var list = new Command("list", "Show the held records, by reason and one by one").WithCommon(
            ReasonCode,
            PossibleHelp,
            Resolved,
            Most,
            Options.Target
        );
        Session.Act(list, Needs.Database, ListAsync);
        var show = new Command("show", "Show one record with everything known about it").WithCommon(Options.Target);
        show.Arguments.Add(Id);
        Session.Act(show, Needs.Database, ShowAsync);
        var replay = new Command(
            "replay",
            "Judge held records again by the current rules and exhibitions, and load those that pass"
        ).WithCommon(ReasonCode, All, Options.DryRun, Options.Target);
        replay.Arguments.Add(OneId);
        replay.Validators.Add(result =>
        {
            var given = (bool[])
                [result.GetResult(ReasonCode) is not null, result.GetValue(All), result.GetValue(OneId) is not null];
            if (given.Count(one => one) != 1)
                result.AddError("give either ID, --reason CODE or --all");
        });
        Session.Act(
            replay,
            parsed => Needs.Database | (parsed.GetValue(Options.DryRun) ? Needs.Nothing : Needs.Writes),
            ReplayAsync
        );
        var export = new Command("export", "Write the held records to a file").WithCommon(
            ReasonCode,
            PossibleHelp,
            Resolved,
            Options.Target
        );
        export.Arguments.Add(OutputFile);
        export.Validators.Add(result =>
        {
            if (result.GetValue(OutputFile) is { } file && QuarantineExport.FormatOf(file) is null)
                result.AddError($"found '{file}', expected a name that ends in .csv or .ndjson");
        });
        Session.Act(export, Needs.Database, ExportAsync);
        var discard = new Command(
            "discard",
            "Discard held records for good: they count as skipped, and are kept with the reason"
        ).WithCommon(ReasonCode, Why, Options.Target);
        discard.Arguments.Add(OneId);
        discard.Validators.Add(result =>
        {
            if (result.GetResult(ReasonCode) is null == (result.GetValue(OneId) is null))
                result.AddError("give either ID or --reason CODE");
            if (string.IsNullOrWhiteSpace(result.GetValue(Why)))
                result.AddError(
                    "--why: found nothing, expected a reason for the record, such as --why \"test presses\""
                );
        });
        Session.Act(discard, Needs.Database | Needs.Writes, DiscardAsync);
        return new Command("quarantine", "Look at records that were refused, and load them after all")
        {
            list,
            show,
            replay,
            discard,
            export,
        };
    }

    private static QuarantineFilter Filter(Session session, int most) =>
        new(
            session.Parsed.GetValue(ReasonCode) is { } code ? Reasons.Parse(code) : null,
            State: session.Parsed.GetValue(Resolved) ? null : "held",
            PossibleHelpOnly: session.Parsed.GetValue(PossibleHelp),
            Most: most
        );

    private static async Task<ExitCode> ListAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var counts = await store.Quarantine.CountsAsync(cancel);
        var rows = await store.Quarantine.ListAsync(Filter(session, session.Parsed.GetValue(Most)), cancel);
        if (session.Json)
        {
            var json = new QuarantineListJson(
                "quarantine list",
                store.Target,
                counts.Sum(c => c.Count),
                counts.Sum(c => c.PossibleHelp),
                new(counts.ToDictionary(c => c.Reason.Code(), c => c.Count), StringComparer.Ordinal),
                [.. rows.Select(QuarantineRowJson.Of)]
            );
            JsonOutput.Print(json, QuarantineShapes.Default.QuarantineListJson);
        }
        else
        {
            new QuarantineView(Terminal.Out).PrintList(counts, rows, session.Parsed.GetValue(Most));
        }
        return ExitCode.Done;
    }

    private static async Task<ExitCode> ShowAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var id = session.Parsed.GetRequiredValue(Id);
        var rows = await store.Quarantine.ListAsync(new QuarantineFilter(Id: id, State: null), cancel);
        if (rows is not [var row])
        {
            await RefuseRetiredAsync(store, id, cancel);
            throw new MuseumException(
                ExitCode.DataRefused,
                $"no record {id} is in quarantine at {store.Describe}. museum quarantine list shows which are"
            );
        }

        if (session.Json)
            JsonOutput.Print(
                new QuarantineShowJson("quarantine show", store.Target, QuarantineRowJson.Of(row)),
                QuarantineShapes.Default.QuarantineShowJson
            );
        else
            new QuarantineView(Terminal.Out).PrintOne(row);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> ReplayAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var filter = Filter(session, int.MaxValue) with { Id = session.Parsed.GetValue(OneId) };
        if (filter.Id is { } id && (await store.Quarantine.ListAsync(filter, cancel)).Count == 0)
        {
            await RefuseRetiredAsync(store, id, cancel);
            throw NotHeld(store);
        }

        var report = await Connections
            .CreateReplayer(session, store)
            .RunAsync(filter, session.Parsed.GetValue(Options.DryRun), cancel);
        var retired = filter.Id is null ? await store.Retention.HeldAsync(filter.Reason, cancel) : 0;
        if (session.Json)
            JsonOutput.Print(ReplayJson.Of(store.Target, report, retired), QuarantineShapes.Default.ReplayJson);
        else
            new QuarantineView(Terminal.Out).PrintReplay(report, retired);
        return report.Replayed == report.Ratings + report.Support + report.StillRefused
            ? ExitCode.Done
            : ExitCode.DataRefused;
    }

    private static async Task<ExitCode> DiscardAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var id = session.Parsed.GetValue(OneId);
        var why = session.Parsed.GetRequiredValue(Why);
        var filter = Filter(session, int.MaxValue) with { Id = id };
        var move = new OperatorMove($"{Environment.UserName}@{Environment.MachineName}", "quarantine discard", "");
        var discarded = await store.Ledger.DiscardAsync(filter, why, move, cancel);
        if (discarded == 0)
        {
            if (id is { } one)
                await RefuseRetiredAsync(store, one, cancel);
            throw NotHeld(store);
        }

        if (session.Json)
            JsonOutput.Print(
                new DiscardJson("quarantine discard", store.Target, discarded, why),
                QuarantineShapes.Default.DiscardJson
            );
        else
            Terminal.Out.MarkupLine(
                $"Discarded {Show.Number(discarded)} records; museum quarantine list --resolved shows them"
            );
        return ExitCode.Done;
    }

    private static MuseumException NotHeld(MuseumStore store) =>
        new(
            ExitCode.DataRefused,
            $"no such record is held in quarantine at {store.Describe}. museum quarantine list shows which are"
        );

    /// <exception cref="MuseumException">The record is retired: its bytes are not here any more.</exception>
    private static async Task RefuseRetiredAsync(MuseumStore store, long id, CancellationToken cancel)
    {
        if (await store.Retention.FindRefusalAsync(id, cancel) is not { } retired)
            return;
        var where = retired.Place is null
            ? "nothing but its count was kept"
            : $"its bytes are in {retired.Place}, {retired.File}";
        throw new MuseumException(
            ExitCode.DataRefused,
            $"record {id} is retired: what arrived in {retired.Month} left the database on "
                + $"{retired.At.UtcDateTime:yyyy-MM-dd} (museum db retain), and {where}. It cannot be judged again here"
        );
    }

    private static async Task<ExitCode> ExportAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var file = session.Parsed.GetRequiredValue(OutputFile);
        var written = await new QuarantineExport(store.Quarantine).WriteAsync(
            file,
            Filter(session, int.MaxValue),
            cancel
        );
        if (session.Json)
            JsonOutput.Print(
                new ExportJson("quarantine export", store.Target, Path.GetFullPath(file), written),
                QuarantineShapes.Default.ExportJson
            );
        else
            Terminal.Out.MarkupLine($"Wrote {Show.Number(written)} records to {Show.Text(file)}");
        return ExitCode.Done;
    }

    private static Option<string> Reason()
    {
        var option = new Option<string>("--reason")
        {
            Description = "Only records refused for this reason, for example unknown_site",
            HelpName = "CODE",
        };
        option.CompletionSources.Add(_ => Reasons.All);
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || Reasons.Parse(token.Value) is not null)
                return;
            var nearest = NearWord.Of(token.Value, Reasons.All);
            result.AddError(
                $"--reason: found '{token.Value}'"
                    + (
                        nearest is null
                            ? $", expected one of {string.Join(", ", Reasons.All)}"
                            : $"; did you mean '{nearest}'?"
                    )
            );
        });
        return option;
    }
}
