using System.Globalization;
using System.Security.Claims;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Incidents;

/// <summary>Receives actions on calls for help: each is recorded once, or the caller is told why not.</summary>
internal sealed class IncidentDesk(IIncidents incidents, HelpPresses presses, DashboardOptions options)
{
    private const int LongestNote = 500,
        LongestAct = 64;

    /// <summary>Joins the parts of one emoji.</summary>
    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>Checks an action, whatever its calls.</summary>
    public string? Fault(IncidentMove move) =>
        Signature.Fault(move.Who)
        ?? NoteFault(move)
        ?? OutcomeFault(move)
        ?? (
            move.Act is { Length: > LongestAct }
                ? $"act: found {move.Act.Length} characters, expected {LongestAct} at most"
                : null
        );

    /// <summary>In the order of the ids.</summary>
    public async Task<Acted> ActAsync(
        IReadOnlyList<long> ids,
        IncidentMove move,
        ClaimsPrincipal user,
        CancellationToken cancel
    )
    {
        // For a museum that somebody may not see, there are no calls.
        var seen = (await presses.ReadAsync(ids, cancel))
            .Where(press => user.Sees(press.Museum))
            .Select(press => long.Parse(press.Id, CultureInfo.InvariantCulture))
            .ToHashSet();
        var outcomes = await incidents.ActAsync([.. ids.Where(seen.Contains)], move, cancel);
        var now = (await presses.ReadAsync([.. seen], cancel)).ToDictionary(press => press.Id);
        List<HelpPress> done = [];
        List<RefusedAct> refused = [];
        foreach (var id in ids.Distinct())
        {
            var name = id.ToString(CultureInfo.InvariantCulture);
            var press = now.GetValueOrDefault(name);
            var outcome = outcomes.GetValueOrDefault(id, IncidentOutcome.Unknown);
            if (outcome is IncidentOutcome.Done && press is not null)
                done.Add(press);
            else
                refused.Add(new(name, Why(outcome, press), outcome is IncidentOutcome.Unknown ? null : press));
        }

        return new(done, refused);
    }

    private static string Why(IncidentOutcome outcome, HelpPress? press) =>
        outcome switch
        {
            IncidentOutcome.History => "it came in a file, as history: it can no longer be answered",
            IncidentOutcome.Already when press is { State: HelpState.Resolved } =>
                $"{press.ResolvedBy} has resolved it already",
            IncidentOutcome.Already when press is { State: HelpState.Acknowledged } =>
                $"{press.AcknowledgedBy} is on the way already",
            IncidentOutcome.Already => "it is open already",
            _ => "no call for help has this id",
        };

    /// <summary>The next person must know why the call needs somebody after all.</summary>
    private static string? NoteFault(IncidentMove move) =>
        move.Note.Length == 0 && move.Action == IncidentMove.Reopen
            ? "note: found no text, expected why the call is open again, in a few words"
        : move.Note.Length > LongestNote ? $"note: found {move.Note.Length} characters, expected {LongestNote} at most"
        : move
            .Note.EnumerateRunes()
            .Any(r => !SafeText.IsPlain(r) && r.Value is not ('\n' or '\r' or '\t' or ZeroWidthJoiner))
            ? "note: found a character that is not seen or turns text around, expected text"
        : null;

    private string? OutcomeFault(IncidentMove move) =>
        move.Outcome is null ? null
        : move.Action != IncidentMove.Resolve ? "outcome: found one, expected one of a call that is resolved only"
        : options.Serve.Outcomes.Contains(move.Outcome) ? null
        : $"outcome: found '{move.Outcome}', expected one of {string.Join(", ", options.Serve.Outcomes)}";
}

/// <param name="Done">In their new state.</param>
internal sealed record Acted(IReadOnlyList<HelpPress> Done, IReadOnlyList<RefusedAct> Refused);

/// <param name="Press">In its current state; null if there is none with this id.</param>
internal sealed record RefusedAct(string Id, string Why, HelpPress? Press);
