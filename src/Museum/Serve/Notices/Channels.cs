using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>The channels that are set up, by name.</summary>
internal sealed class Channels : IDisposable
{
    private readonly Dictionary<string, IChannel> all = new(StringComparer.Ordinal);

    private readonly Uri? dashboard;

    /// <param name="dashboard">Its public address, to which notices link.</param>
    public Channels(NoticeSettings settings, Webhook? webhook, Uri? dashboard = null)
    {
        this.dashboard = dashboard;
        if (settings.Mail is { } mail)
            all[ChannelName.Email] = new MailChannel(mail);
        if (settings.Slack is { } slack)
            all[ChannelName.Slack] = new SlackChannel(slack);
        if (settings.Teams is { } teams)
            all[ChannelName.Teams] = new TeamsChannel(teams);
        if (settings.PagerDuty is { } key)
            all[ChannelName.PagerDuty] = new PagerDutyChannel(key, settings.PagerDutyAddress);
        if (webhook is not null)
            all[ChannelName.Webhook] = new WebhookChannel(webhook);
    }

    /// <summary>Null when it was taken, else what went wrong.</summary>
    public Task<string?> SendAsync(Recipient to, Notice notice, string id, CancellationToken cancel) =>
        all.TryGetValue(to.Channel, out var channel)
            ? channel.SendAsync(to, notice with { Link = NoticeLink.Of(dashboard, notice) }, id, cancel)
            : Task.FromResult<string?>($"{to.Channel} is not set up here: {SettingOf(to.Channel)} is not set");

    /// <summary>What must be set before a channel leads anywhere.</summary>
    public static string SettingOf(string channel) =>
        channel switch
        {
            ChannelName.Email => "MUSEUM_SMTP with MUSEUM_MAIL_FROM",
            ChannelName.Slack => "MUSEUM_SLACK",
            ChannelName.Teams => "MUSEUM_TEAMS",
            ChannelName.PagerDuty => "MUSEUM_PAGERDUTY",
            _ => "MUSEUM_WEBHOOK",
        };

    public void Dispose()
    {
        foreach (var channel in all.Values.OfType<IDisposable>())
            channel.Dispose();
    }
}
