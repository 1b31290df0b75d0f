using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>How a call for help stands.</summary>
/// <param name="Standing">The decision that holds: somebody went, or it is resolved; null where there is none, or it was
/// reopened since.</param>
/// <param name="FirstAnswer">When somebody first went, or resolved it at once.</param>
internal sealed record Incident(IncidentAction? Standing, DateTimeOffset? FirstAnswer)
{
    /// <summary>After so long an answer means nothing any more.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromDays(7);

    /// <param name="actions">The oldest first.</param>
    public static Incident Of(IReadOnlyList<IncidentAction> actions)
    {
        var newest = actions.LastOrDefault(action => action.Action is not "note");
        return new(
            newest is { Action: IncidentMove.Reopen } ? null : newest,
            actions.FirstOrDefault(action => action.Action is not (IncidentMove.Reopen or "note"))?.At
        );
    }

    /// <summary>What was acknowledged before it was told whether it was resolved counts as resolved.</summary>
    public IncidentAction? Resolved => Standing is { Action: not IncidentMove.Acknowledge } ? Standing : null;

    /// <param name="live">It came by the live road.</param>
    /// <param name="when">When it was pressed, or arrived.</param>
    public HelpState StateOf(bool live, DateTimeOffset when, DateTimeOffset now) =>
        !live ? HelpState.History
        : Resolved is not null ? HelpState.Resolved
        : Standing is not null ? HelpState.Acknowledged
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
