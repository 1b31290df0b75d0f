using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Incidents;

/// <summary>The states of a call for help: somebody goes, it is resolved, and it may be reopened.</summary>
internal static class IncidentEndpoints
{
    private const int MostAtOnce = 500;

    private static readonly Dictionary<string, string> Moves = new(StringComparer.Ordinal)
    {
        ["acknowledge"] = IncidentMove.Acknowledge,
        ["resolve"] = IncidentMove.Resolve,
        ["reopen"] = IncidentMove.Reopen,
    };

    public static void MapIncidents(this IEndpointRouteBuilder api)
    {
        Map("acknowledge", "Say that somebody is on the way to a call for help");
        Map("resolve", "Say that a call for help is over, and what it was");
        Map("reopen", "Say that a call for help needs somebody after all");
        api.MapPost("/help/act", ActOnManyAsync)
            .Security()
            .WithTags("safety")
            .WithSummary("The same for many calls at once; with an action number, a repeated request counts once")
            .Produces<Acted>()
            .ProducesProblem(StatusCodes.Status400BadRequest);

        void Map(string action, string summary) =>
            api.MapPost(
                    $"/help/{{id}}/{action}",
                    (string id, IncidentNote said, HttpContext context, IncidentDesk desk, CancellationToken cancel) =>
                        ActAsync(id, action, said, context, desk, cancel)
                )
                .Security()
                .WithTags("safety")
                .WithSummary(summary)
                .Produces<HelpPress>()
                .ProducesProblem(StatusCodes.Status400BadRequest)
                .ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ActAsync(
        string id,
        string action,
        IncidentNote said,
        HttpContext context,
        IncidentDesk desk,
        CancellationToken cancel
    )
    {
        var move = Move(Moves[action], context, said.Name, said.Note, said.Outcome) with { Act = ActOf(said.Act) };
        if (desk.Fault(move) is { } fault)
            return Signature.Refused(fault);
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var press))
            return Unknown(id);
        return await desk.ActAsync([press], move, context.User, cancel) switch
        {
            { Done: [var now] } => Results.Ok(now),
            { Refused: [{ Press: null }] } => Unknown(id),
            { Refused: [{ Why: var why }] } => Results.Problem(
                why,
                statusCode: StatusCodes.Status409Conflict,
                title: "Not recorded"
            ),
            _ => Unknown(id),
        };
    }

    private static async Task<IResult> ActOnManyAsync(
        IncidentActs said,
        HttpContext context,
        IncidentDesk desk,
        CancellationToken cancel
    )
    {
        if (said.Ids is not { Count: > 0 and <= MostAtOnce })
            return Signature.Refused($"ids: found {said.Ids?.Count ?? 0}, expected 1 to {MostAtOnce} ids of calls");
        List<long> ids = [];
        foreach (var id in said.Ids)
        {
            if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var press))
                return Unknown(id);
            ids.Add(press);
        }

        if (!Moves.ContainsKey(said.Action ?? ""))
            return Signature.Refused($"action: found '{said.Action}', expected {string.Join(", ", Moves.Keys)}");
        var move = Move(Moves[said.Action!], context, said.Name, said.Note, said.Outcome) with
        {
            Act = ActOf(said.Act),
        };
        return desk.Fault(move) is { } fault
            ? Signature.Refused(fault)
            : Results.Ok(await desk.ActAsync(ids, move, context.User, cancel));
    }

    private static IncidentMove Move(string action, HttpContext context, string? name, string? note, string? outcome)
    {
        var who = Signature.Of(context.User, name);
        return new(action, who, (note ?? "").Trim(), string.IsNullOrWhiteSpace(outcome) ? null : outcome.Trim())
        {
            By = Signature.Actor(context, who),
        };
    }

    private static string? ActOf(string? said) => string.IsNullOrWhiteSpace(said) ? null : said.Trim();

    private static IResult Unknown(string id) =>
        Results.Problem(
            $"no call for help has the id {id}",
            statusCode: StatusCodes.Status404NotFound,
            title: "Not found"
        );
}

/// <param name="Note">What is being done, or why the call is open again, in a few words; required only for
/// reopening.</param>
/// <param name="Name">Who, if nobody logs in.</param>
/// <param name="Outcome">For a resolved call: one of those that <c>/me</c> lists.</param>
/// <param name="Act">A number for the action: sent again with the same number, it counts once.</param>
internal sealed record IncidentNote(string? Note, string? Name, string? Outcome = null, string? Act = null);

/// <param name="Action"><c>acknowledge</c>, <c>resolve</c> or <c>reopen</c>.</param>
internal sealed record IncidentActs(
    IReadOnlyList<string>? Ids,
    string? Action,
    string? Note,
    string? Name,
    string? Outcome = null,
    string? Act = null
);
