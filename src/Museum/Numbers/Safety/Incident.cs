using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>The state of a call for help.</summary>
/// <param name="Standing">The action that counts: somebody went, or it is resolved; null if there is none, or it was
/// reopened since.</param>
/// <param name="FirstAnswer">When somebody first went, or resolved it at once.</param>
internal sealed record Incident(IncidentAction? Standing, DateTimeOffset? FirstAnswer)
{
    /// <summary>After this long an answer is no longer meaningful.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromDays(7);

    /// <param name="actions">Oldest first.</param>
    public static Incident Of(IReadOnlyList<IncidentAction> actions)
    {
        var newest = actions.LastOrDefault(action => action.Action is not "note");
        return new(
            newest is { Action: IncidentMove.Reopen } ? null : newest,
            actions.FirstOrDefault(action => action.Action is not (IncidentMove.Reopen or "note"))?.At
        );
    }

    /// <summary>An acknowledgement from before resolving was a separate action counts as resolved.</summary>
    public IncidentAction? Resolved => Standing is { Action: not IncidentMove.Acknowledge } ? Standing : null;

    /// <param name="live">It came from the stream.</param>
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
