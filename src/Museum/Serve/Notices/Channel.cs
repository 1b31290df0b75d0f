using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>A way to tell somebody.</summary>
internal interface IChannel
{
    /// <summary>Null when it was taken, else what went wrong, for the record: never with a secret in it.</summary>
    /// <param name="id">The same however often it is sent.</param>
    Task<string?> SendAsync(Recipient to, Notice notice, string id, CancellationToken cancel);
}

/// <summary>The words for what people are told of.</summary>
internal static class NoticeKind
{
    public const string Emergency = "emergency",
        Escalation = "escalation",
        NoPresses = "no-presses",
        SilentKiosk = "silent-kiosk",
        FallenRating = "fallen-rating";

    /// <summary>With how much they matter.</summary>
    public static readonly IReadOnlyDictionary<string, string> Severities = new Dictionary<string, string>
    {
        [Emergency] = "critical",
        [Escalation] = "critical",
        [NoPresses] = "critical",
        [SilentKiosk] = "warning",
        [FallenRating] = "info",
    };
}

internal static class ChannelName
{
    public const string Email = "email",
        Slack = "slack",
        Teams = "teams",
        PagerDuty = "pagerduty",
        Webhook = "webhook";

    public static readonly string[] All = [Email, Slack, Teams, PagerDuty, Webhook];
}
