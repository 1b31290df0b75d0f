using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Incidents;

/// <summary>Taking a call for help in hand, and giving it back.</summary>
internal static class IncidentEndpoints
{
    private const int LongestNote = 500;

    public static void MapIncidents(this IEndpointRouteBuilder api)
    {
        Map("acknowledge", IncidentMove.Acknowledge, "Take a call for help in hand");
        Map("reopen", IncidentMove.Reopen, "Say that a call for help needs somebody after all");

        void Map(string path, string action, string summary) =>
            api.MapPost(
                    $"/help/{{id}}/{path}",
                    (
                        string id,
                        IncidentNote said,
                        ClaimsPrincipal user,
                        IIncidents incidents,
                        HelpPresses presses,
                        CancellationToken cancel
                    ) => ActAsync(id, action, said, user, incidents, presses, cancel)
                )
                .Security()
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
        ClaimsPrincipal user,
        IIncidents incidents,
        HelpPresses presses,
        CancellationToken cancel
    )
    {
        var (who, note) = (Signature.Of(user, said.Name), (said.Note ?? "").Trim());
        if ((Signature.Fault(who) ?? Fault(action, note)) is { } fault)
            return Signature.Refused(fault);
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var press))
            return Unknown(id);
        switch (await incidents.ActAsync(press, new IncidentMove(action, who, note), cancel))
        {
            case IncidentOutcome.Unknown:
                return Unknown(id);
            case IncidentOutcome.History:
                return Conflict("it came in a file, as history: there is nobody to go to any more");
            case IncidentOutcome.Already:
                return Conflict(
                    action == IncidentMove.Acknowledge ? "somebody has acknowledged it already" : "it is open already"
                );
            default:
                return await presses.ReadAsync([press], cancel) is [var now] ? Results.Ok(now) : Unknown(id);
        }
    }

    /// <summary>Why somebody is needed after all is what the next one must know; that it is in hand says
    /// enough.</summary>
    private static string? Fault(string action, string note) =>
        note.Length == 0 && action == IncidentMove.Reopen
            ? "note: found no text, expected why the call is open again, in a few words"
        : note.Length > LongestNote ? $"note: found {note.Length} characters, expected {LongestNote} at most"
        : note.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
            ? "note: found a control character, expected text"
        : null;

    private static IResult Unknown(string id) =>
        Results.Problem(
            $"no call for help has the id {id}",
            statusCode: StatusCodes.Status404NotFound,
            title: "Not found"
        );

    private static IResult Conflict(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "Not recorded");
}

/// <param name="Note">What is being done, or why the call is open again, in a few words; only an acknowledgement may go
/// without.</param>
/// <param name="Name">Who, where nobody logs in.</param>
internal sealed record IncidentNote(string? Note, string? Name);
