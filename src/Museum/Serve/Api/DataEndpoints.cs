using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Serve.Api;

/// <summary>How good and how fresh the data is.</summary>
internal static class DataEndpoints
{
    private const int UsualRows = 50,
        MostRows = 500;

    public static void MapData(this IEndpointRouteBuilder api)
    {
        api.MapGet("/data/kiosks", KiosksAsync)
            .View(DataTables.Kiosks, "data", "The state of each kiosk.")
            .WithDescription(
                "Its silence judged by its own rhythm, repeats within five seconds, and what of it was refused."
            );
        api.MapGet("/data/refused", RefusedAsync)
            .View(DataTables.Refused, "data", "What was refused, why, and from where.");
        api.MapGet("/data/live", LiveAsync)
            .View(DataTables.Live, "data", "How fresh the data is.")
            .WithDescription("By the database alone: no broker is asked.");
        api.MapGet("/data/loads", LoadsAsync).View(DataTables.Loads, "data", "The last runs with their balance.");
        api.MapGet("/data/quarantine", QuarantineAsync)
            .View(DataTables.Quarantine, "data", "Refused records, newest first.");
        api.MapPost("/data/quarantine/replay", ReplayAsync)
            .Operator()
            .Produces<ReplayAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithTags("data")
            .WithSummary("Judges held records again by the current rules and exhibitions, and loads those that pass.");
        api.MapGet("/data/audit", AuditAsync)
            .Operator()
            .View(
                DataTables.Audit,
                "data",
                "What operators did, and who came, was refused and did what; newest first."
            );
    }

    private static async Task<IResult> KiosksAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] Export export,
        Selections selections,
        Repeats repeats,
        LastPresses lastPresses,
        RefusedDays refused,
        CancellationToken cancel
    )
    {
        // Any press ends a silence, and repeats are counted here, whether or not they are left out elsewhere.
        var selection = await selections.WholeAsync(query, cancel);
        var whole = selection.Cube;
        var view = KiosksView.Of(
            selection,
            await lastPresses.OfAsync(whole, cancel),
            repeats.SoFar(whole, selection.From, selection.To),
            await refused.OfAsync(selection, cancel)
        );
        return Answer.Of(context, export, view, "kiosks", DataTables.Kiosks);
    }

    private static async Task<IResult> RefusedAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] Export export,
        Selections selections,
        RefusedDays refused,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, cancel);
        return Answer.Of(
            context,
            export,
            RefusedView.Of(selection, await refused.OfAsync(selection, cancel)),
            "refused",
            DataTables.Refused
        );
    }

    private static async Task<IResult> LiveAsync(
        HttpContext context,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        [AsParameters] Export export,
        HourCube cube,
        IPartitions partitions,
        Receptions receptions,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var mine = Query.Museum(museum, await cube.CurrentAsync(cancel));
        var rows = await partitions.ListAsync(null, null, cancel);
        var reception = (await receptions.CurrentAsync(cancel)).FirstOrDefault(of => of.Museum == mine.Museum.Code);
        return Answer.Of(
            context,
            export,
            LiveView.Of(
                rows.Where(row => row.MuseumId == mine.Museum.Id),
                mine.LastPress,
                reception,
                clock.GetUtcNow()
            ),
            "live",
            DataTables.Live
        );
    }

    private static async Task<IResult> LoadsAsync(
        HttpContext context,
        [FromQuery, Description("The most to return: 50 by default, at most 500.")] string? limit,
        [AsParameters] Export export,
        IRuns runs,
        ILedger ledger,
        CancellationToken cancel
    )
    {
        var most = Query.Limit(limit, UsualRows, MostRows);
        // A run belongs to no museum, so it is not shown to people who may see only some.
        var view = Sight.Of(context.User) is null
            ? LoadsView.Of(await runs.ListAsync(most, cancel), await ledger.RepeatingAsync(cancel))
            : LoadsView.Of([], []);
        return Answer.Of(context, export, view, "loads", DataTables.Loads);
    }

    private static async Task<IResult> QuarantineAsync(
        HttpContext context,
        HourCube cube,
        IQuarantine quarantine,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        [FromQuery, Description("Only records refused for this.")] string? reason,
        [FromQuery, Description("Only records of this site, as it was sent.")] string? site,
        [FromQuery, Description("held, or replayed.")] string? state,
        [FromQuery, Description("true: only what may be a call for help.")] string? help,
        [FromQuery, Description("Continues below this id.")] string? before,
        [FromQuery, Description("The most to return: 50 by default, at most 500.")] string? limit,
        [AsParameters] Export export,
        CancellationToken cancel
    )
    {
        var mine = Query.Museum(museum, await cube.CurrentAsync(cancel));
        var id = mine.Museum.Id;
        var filter = new RefusalFilter(
            id,
            Query.Limit(limit, UsualRows, MostRows),
            Query.Id("before", before),
            Query.Reason(reason),
            site,
            Query.Word("state", state, "held", "replayed"),
            Query.Flag("help", help)
        );
        return Answer.Of(
            context,
            export,
            QuarantineView.Of(
                await quarantine.HeldAsync(id, cancel),
                await quarantine.NewestAsync(filter, cancel),
                mine
            ),
            "quarantine",
            DataTables.Quarantine
        );
    }

    private static async Task<IResult> ReplayAsync(
        HttpContext context,
        ReplayRequest request,
        MuseumStore store,
        DashboardOptions options,
        TimeProvider clock,
        ILoggerFactory logs,
        CancellationToken cancel
    )
    {
        var reason = Query.Reason(request.Reason);
        var who = Signature.Of(context.User, request.Name);
        if (Signature.Fault(who) is { } fault)
            return Signature.Refused(fault);
        var replayer = new Replayer(
            store,
            options.Replay ?? new LoadOptions(CleaningRules.History, clock),
            logs.CreateLogger("museum")
        );
        var report = await replayer.RunAsync(new QuarantineFilter(reason), dryRun: false, cancel);
        var outcome = string.Create(
            CultureInfo.InvariantCulture,
            $"run {report.RunId}: {report.Ratings} ratings, {report.Support} calls for help, "
                + $"{report.StillRefused} still refused"
        );
        await store.OperatorLog.RecordAsync(
            reason?.Code() ?? "all reasons",
            new OperatorMove(who, "quarantine replay", outcome) { By = Signature.Actor(context, who) },
            CancellationToken.None
        );
        return TypedResults.Ok(
            new ReplayAnswer(report.RunId!.Value, report.Ratings, report.Support, report.StillRefused)
        );
    }

    private static async Task<IResult> AuditAsync(
        HttpContext context,
        [FromQuery, Description("The most to return: 50 by default, at most 500.")] string? limit,
        [AsParameters] Export export,
        IOperatorLog log,
        IAudit audit,
        CancellationToken cancel
    )
    {
        var most = Query.Limit(limit, UsualRows, MostRows);
        return Answer.Of(
            context,
            export,
            new AuditView(await log.ListAsync(most, cancel), await audit.ListAsync(most, cancel)),
            "audit",
            DataTables.Audit
        );
    }
}
