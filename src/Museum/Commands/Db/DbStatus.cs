using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Retention;
using Spectre.Console;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db status</c>: tables, ledger and hourly counts beside each other.</summary>
internal static class DbStatus
{
    public static async Task<ExitCode> RunAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var status = await store.Maintenance.StatusAsync(cancel);
        var retired = await store.Retention.ListAsync(cancel);
        if (session.Json)
            JsonOutput.Print(StatusJson.Of(store, status, retired), DbShapes.Default.StatusJson);
        else
        {
            Print(Terminal.Out, store, status);
            Print(Terminal.Out, retired);
        }

        return status.Balanced ? ExitCode.Done : ExitCode.DataRefused;
    }

    private static void Print(IAnsiConsole console, MuseumStore store, StoreStatus status)
    {
        console.MarkupLine($"[bold]{Show.Text(store.Describe)}[/], schema version {status.SchemaVersion}");
        console.MarkupLine(
            $"{Show.Number(status.Exhibitions)} exhibitions, {Show.Number(status.Sources)} objects in the ledger"
        );
        console.WriteLine();
        var table = new Table().NoBorder().AddColumn("");
        foreach (var title in (string[])["In tables", "Retired", "By ledger", "By hourly counts"])
            table.AddColumn(new TableColumn($"[bold]{title}[/]") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn("");
        Row("Ratings", (status.Ratings, status.RetiredRatings), status.LedgerRatings, status.HourlyRatings);
        Row("Calls for help", (status.Support, status.RetiredSupport), status.LedgerSupport, status.HourlySupport);
        Row("Quarantined", (status.QuarantineHeld, status.RetiredHeld), status.LedgerQuarantined, null);
        console.Write(table);
        console.WriteLine();
        var sum =
            $"{Show.Number(status.LedgerRead)} read = {Show.Number(status.LedgerRatings)} ratings + "
            + $"{Show.Number(status.LedgerSupport)} help "
            + $"+ {Show.Number(status.LedgerQuarantined)} quarantined + {Show.Number(status.LedgerSkipped)} skipped";
        console.MarkupLine(status.Balanced ? $"[green]In balance:[/] {sum}" : $"[bold red]OUT OF BALANCE:[/] {sum}");

        void Row(string name, (long There, long Retired) tables, long ledger, long? hourly)
        {
            var same = tables.There + tables.Retired == ledger && (hourly is null || hourly == ledger);
            table.AddRow(
                new Markup(name),
                new Markup(Show.Number(tables.There)),
                new Markup(tables.Retired == 0 ? "" : Show.Number(tables.Retired)),
                new Markup(Show.Number(ledger)),
                new Markup(hourly is { } h ? Show.Number(h) : ""),
                new Markup(same ? "[green]agree[/]" : "[bold red]disagree[/]")
            );
        }
    }

    /// <summary>The months that left, those of one museum and place in one line.</summary>
    private static void Print(IAnsiConsole console, IReadOnlyList<Retirement> retired)
    {
        foreach (var group in retired.GroupBy(one => (one.What, one.Museum, one.Place)))
        {
            var (first, last) = (group.Min(one => one.Month)!, group.Max(one => one.Month)!);
            var what = group.Key.What is ExportSet.Events ? "presses" : "quarantined records";
            var unfinished = group.Any(one => one.State is not RetirementState.Done);
            console.MarkupLine(
                Show.Text(
                    $"Retired: {group.Key.Museum}, {what} of {first}{(first == last ? "" : $" to {last}")}, "
                        + (group.Key.Place is { } place ? $"kept in {place}" : "not kept")
                        + (unfinished ? "; not complete: run museum db retain again" : "")
                )
            );
        }
    }
}

internal sealed record StatusJson(
    string Command,
    string Target,
    string Database,
    int SchemaVersion,
    long Exhibitions,
    long Sources,
    long Ratings,
    long Support,
    long Quarantined,
    long LedgerRead,
    long LedgerRatings,
    long LedgerSupport,
    long LedgerQuarantined,
    long LedgerSkipped,
    long HourlyRatings,
    long HourlySupport,
    long RetiredRatings,
    long RetiredSupport,
    long RetiredQuarantined,
    IReadOnlyList<RetirementJson> Retired,
    bool Balanced
)
{
    public static StatusJson Of(MuseumStore store, StoreStatus s, IReadOnlyList<Retirement> retired) =>
        new(
            "db status",
            store.Target,
            store.Describe,
            s.SchemaVersion,
            s.Exhibitions,
            s.Sources,
            s.Ratings,
            s.Support,
            s.QuarantineHeld,
            s.LedgerRead,
            s.LedgerRatings,
            s.LedgerSupport,
            s.LedgerQuarantined,
            s.LedgerSkipped,
            s.HourlyRatings,
            s.HourlySupport,
            s.RetiredRatings,
            s.RetiredSupport,
            s.RetiredHeld,
            [.. retired.Select(RetirementJson.Of)],
            s.Balanced
        );
}

/// <param name="What">events or refusals.</param>
/// <param name="Place">Null if they went away.</param>
/// <param name="State">done, or begun: the next run completes it.</param>
internal sealed record RetirementJson(
    string What,
    string Museum,
    string Month,
    long Rows,
    string? Place,
    string? File,
    string State,
    DateTimeOffset At
)
{
    public static RetirementJson Of(Retirement retired) =>
        new(
            retired.What is ExportSet.Events ? "events" : "refusals",
            retired.Museum,
            retired.Month,
            retired.Rows,
            retired.Place,
            retired.File,
            retired.State is RetirementState.Done ? "done" : "begun",
            retired.At
        );
}
