using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>How a call for help stands.</summary>
/// <param name="Acknowledged">The acknowledgement that holds; null where there is none, or it was reopened
/// since.</param>
/// <param name="FirstAnswer">When somebody first acknowledged it.</param>
internal sealed record Incident(IncidentAction? Acknowledged, DateTimeOffset? FirstAnswer)
{
    /// <summary>After so long an answer means nothing any more.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromDays(7);

    /// <param name="actions">The oldest first.</param>
    public static Incident Of(IReadOnlyList<IncidentAction> actions)
    {
        var newest = actions.LastOrDefault(action => action.Action is "acknowledge" or "reopen");
        return new(
            newest is { Action: "acknowledge" } ? newest : null,
            actions.FirstOrDefault(action => action.Action is "acknowledge")?.At
        );
    }

    /// <param name="live">It came by the live road.</param>
    /// <param name="when">When it was pressed, or arrived.</param>
    public static HelpState StateOf(bool live, bool acknowledged, DateTimeOffset when, DateTimeOffset now) =>
        !live ? HelpState.History
        : acknowledged ? HelpState.Acknowledged
        : now - when <= Lapse ? HelpState.Open
        : HelpState.Lapsed;

    /// <summary>Never negative: a kiosk's clock may be ahead of ours.</summary>
    public static TimeSpan? ResponseOf(DateTimeOffset when, DateTimeOffset? answer) =>
        answer is { } at
            ? at > when
                ? at - when
                : TimeSpan.Zero
            : null;
}
