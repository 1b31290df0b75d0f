using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Model;
using MuseumPipeline.Run;
using MuseumPipeline.View.Data;
using MuseumPipeline.View.Numbers;

namespace MuseumPipeline.View.Api;

/// <summary>How good and how fresh the data is.</summary>
internal static class DataEndpoints
{
    private const int UsualRows = 50, MostRows = 500;
    private const string MuseumText = "A museum's code; the first museum where there is none.";

    public static void MapData(this IEndpointRouteBuilder api)
    {
        api.MapGet("/data/kiosks", KiosksAsync).View<KiosksView>("data", "How each kiosk is.")
            .WithDescription("Its silence judged by its own rhythm, repeats within five seconds, and what of it was refused.");
        api.MapGet("/data/refused", RefusedAsync).View<RefusedView>("data", "What was refused, why, and from where.");
        api.MapGet("/data/live", LiveAsync).View<LiveView>("data", "How fresh the data is.").WithDescription("By the database alone: no broker is asked.");
        api.MapGet("/data/loads", LoadsAsync).View<LoadsView>("data", "The last runs with their balance.");
        api.MapGet("/data/quarantine", QuarantineAsync).View<QuarantineView>("data", "Refused records, the newest first.");
        api.MapPost("/data/quarantine/replay", ReplayAsync).Operator().Produces<ReplayAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).WithTags("data")
            .WithSummary("Judges held records again by today's rules and exhibitions, and loads those that pass.");
        api.MapGet("/data/audit", AuditAsync).Operator().View<AuditView>("data", "What operators did, the newest first.");
    }

    private static async Task<IResult> KiosksAsync(
        HttpContext context, [AsParameters] ViewQuery query, [FromQuery, Description(Query.Format)] string? format, Selections selections, Repeats repeats, LastPresses lastPresses,
        HourCube cube, IStore store, CancellationToken cancel)
    {
        var selection = await selections.OfAsync(query, cancel);
        var (from, before) = selection.Instants();
        // A silence ends with any press, and repeats are counted here, whether or not they are left out elsewhere.
        var whole = Query.Museum(selection.Cube.Museum.Code, await cube.CurrentAsync(cancel));
        selection = selection.Over(whole);
        var view = KiosksView.Of(
            selection, await lastPresses.OfAsync(whole, cancel), repeats.SoFar(whole, selection.From, selection.To),
            await store.RefusedAsync(whole.Museum.Id, from, before, cancel));
        return Answer.Of(context, format, view, "kiosks", DataTables.Of);
    }

    private static async Task<IResult> RefusedAsync(
        HttpContext context, [AsParameters] ViewQuery query, [FromQuery, Description(Query.Format)] string? format, Selections selections, IStore store, CancellationToken cancel)
    {
        var selection = await selections.OfAsync(query, cancel);
        var (from, before) = selection.Instants();
        return Answer.Of(context, format, RefusedView.Of(selection, await store.RefusedAsync(selection.Cube.Museum.Id, from, before, cancel)), "refused", DataTables.Of);
    }

    private static async Task<IResult> LiveAsync(
        HttpContext context, [FromQuery, Description(MuseumText)] string? museum, [FromQuery, Description(Query.Format)] string? format, HourCube cube, IStore store,
        TimeProvider clock, CancellationToken cancel)
    {
        var mine = Query.Museum(museum, await cube.CurrentAsync(cancel));
        var rows = await store.PartitionsAsync(null, null, cancel);
        return Answer.Of(context, format, LiveView.Of(rows.Where(row => row.MuseumId == mine.Museum.Id), mine.LastPress, clock.GetUtcNow()), "live", DataTables.Of);
    }

    private static async Task<IResult> LoadsAsync(
        HttpContext context, [FromQuery, Description("At most so many; 50 where nothing is said, 500 at most.")] string? limit, [FromQuery, Description(Query.Format)] string? format,
        IStore store, CancellationToken cancel) =>
        Answer.Of(context, format, LoadsView.Of(await store.RunsAsync(Query.Limit(limit, UsualRows, MostRows), cancel)), "loads", DataTables.Of);

    private static async Task<IResult> QuarantineAsync(
        HttpContext context, HourCube cube, IStore store, [FromQuery, Description(MuseumText)] string? museum, [FromQuery, Description("Only records refused for this.")] string? reason,
        [FromQuery, Description("Only records of this site, as it was sent.")] string? site, [FromQuery, Description("held, or replayed.")] string? state,
        [FromQuery, Description("true: only what may be a call for help.")] string? help, [FromQuery, Description("Goes on below this id.")] string? before,
        [FromQuery, Description("At most so many; 50 where nothing is said, 500 at most.")] string? limit, [FromQuery, Description(Query.Format)] string? format, CancellationToken cancel)
    {
        var id = Query.Museum(museum, await cube.CurrentAsync(cancel)).Museum.Id;
        var filter = new RefusalFilter(
            id, Query.Limit(limit, UsualRows, MostRows), Query.Id("before", before), Query.Reason(reason), site, Query.Word("state", state, "held", "replayed"), Query.Flag("help", help));
        return Answer.Of(
            context, format, QuarantineView.Of(await store.RefusalsHeldAsync(id, cancel), await store.RefusalsAsync(filter, cancel)), "quarantine", DataTables.Of);
    }

    private static async Task<IResult> ReplayAsync(
        HttpContext context, ReplayRequest request, IStore store, DashboardOptions options, TimeProvider clock, ILoggerFactory logs, CancellationToken cancel)
    {
        var reason = Query.Reason(request.Reason);
        var replayer = new Replayer(store, options.Replay ?? new LoadOptions(CleaningRules.History, clock), logs.CreateLogger("museum"));
        var report = await replayer.RunAsync(new QuarantineFilter(reason), dryRun: false, cancel);
        var who = context.User.Identity?.Name ?? "dashboard";
        var outcome = FormattableString.Invariant($"run {report.RunId}: {report.Ratings} ratings, {report.Support} calls for help, {report.StillRefused} still refused");
        await store.RecordAsync(reason?.Code() ?? "all reasons", new OperatorMove(who, "quarantine replay", outcome), CancellationToken.None);
        return TypedResults.Ok(new ReplayAnswer(report.RunId!.Value, report.Ratings, report.Support, report.StillRefused));
    }

    private static async Task<IResult> AuditAsync(
        HttpContext context, [FromQuery, Description("At most so many; 50 where nothing is said, 500 at most.")] string? limit, [FromQuery, Description(Query.Format)] string? format,
        IStore store, CancellationToken cancel) =>
        Answer.Of(context, format, new AuditView(await store.OperatorActionsAsync(Query.Limit(limit, UsualRows, MostRows), cancel)), "audit", DataTables.Of);
}
