using System.Text.Json;
using System.Text.Json.Nodes;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>A service that takes a JSON text at an address that is a secret.</summary>
internal abstract class JsonChannel(string service) : IChannel, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = Patience,
        }
    )
    {
        Timeout = Patience,
    };

    public async Task<string?> SendAsync(Recipient to, Notice notice, string id, CancellationToken cancel)
    {
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Body(notice, id)));
            content.Headers.ContentType = new("application/json");
            using var answer = await client.PostAsync(Address, content, cancel);
            return answer.IsSuccessStatusCode ? null : $"{service} answered {(int)answer.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            // Of the message nothing is told: it may name the address.
            return $"{service} could not be reached: {e.HttpRequestError}";
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{service} did not answer within {Patience.TotalSeconds:0} s";
        }
    }

    public void Dispose() => client.Dispose();

    protected abstract Uri Address { get; }

    protected abstract JsonObject Body(Notice notice, string id);
}

/// <summary>An incoming webhook of Slack.</summary>
internal sealed class SlackChannel(Secret address) : JsonChannel("Slack")
{
    protected override Uri Address => new(address.Reveal());

    protected override JsonObject Body(Notice notice, string id)
    {
        var blocks = new JsonArray(
            Block("header", "plain_text", Shorter(notice.Subject, 150)),
            Block("section", "plain_text", Shorter(notice.Text, 3000))
        );
        if (notice.Link is { } link)
            blocks.Add(Block("section", "mrkdwn", $"<{Escaped(link.AbsoluteUri)}|{NoticeLink.Words}>"));
        // Without the blocks, in a notification on a phone, this is formatted: a name could call everybody, or link.
        return new() { ["text"] = Escaped(notice.Subject), ["blocks"] = blocks };
    }

    /// <summary>As Slack asks for, where text is not to be formatted.</summary>
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static JsonObject Block(string type, string as_, string text) =>
        new()
        {
            ["type"] = type,
            ["text"] = new JsonObject { ["type"] = as_, ["text"] = text },
        };

    private static string Shorter(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}

/// <summary>A workflow of Teams that waits for a webhook: it takes an adaptive card.</summary>
internal sealed class TeamsChannel(Secret address) : JsonChannel("Teams")
{
    protected override Uri Address => new(address.Reveal());

    protected override JsonObject Body(Notice notice, string id)
    {
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.2",
            ["body"] = new JsonArray(Line(notice.Subject, "bolder"), Line(notice.Text, "default")),
        };
        if (notice.Link is { } link)
            card["actions"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Action.OpenUrl",
                    ["title"] = NoticeLink.Words,
                    ["url"] = link.AbsoluteUri,
                }
            );
        return new()
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(
                new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["contentUrl"] = null,
                    ["content"] = card,
                }
            ),
        };
    }

    /// <summary>A TextBlock would read Markdown: a name could link elsewhere.</summary>
    private static JsonObject Line(string text, string weight) =>
        new()
        {
            ["type"] = "RichTextBlock",
            ["inlines"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "TextRun",
                    ["text"] = text,
                    ["weight"] = weight,
                }
            ),
        };
}

/// <summary>PagerDuty's Events API v2. Its dedup_key makes one incident of a notice that comes twice.</summary>
internal sealed class PagerDutyChannel(Secret key, Uri address) : JsonChannel("PagerDuty")
{
    protected override Uri Address => address;

    protected override JsonObject Body(Notice notice, string id)
    {
        var alert = new JsonObject
        {
            ["routing_key"] = key.Reveal(),
            ["event_action"] = "trigger",
            ["dedup_key"] = id,
            ["payload"] = new JsonObject
            {
                ["summary"] = notice.Subject.Length <= 1024 ? notice.Subject : notice.Subject[..1024],
                ["source"] = notice.Museum,
                ["severity"] = notice.Severity,
                ["timestamp"] = Api.Instants.TextOf(notice.At),
                ["class"] = notice.Kind,
                ["custom_details"] = new JsonObject { ["text"] = notice.Text },
            },
        };
        if (notice.Link is { } link)
            alert["links"] = new JsonArray(new JsonObject { ["href"] = link.AbsoluteUri, ["text"] = NoticeLink.Words });
        return alert;
    }
}

/// <summary>The signed webhook: the same server and signature as for escalations.</summary>
internal sealed class WebhookChannel(Webhook webhook) : IChannel
{
    public Task<string?> SendAsync(Recipient to, Notice notice, string id, CancellationToken cancel) =>
        webhook.SendAsync(
            id,
            JsonSerializer.SerializeToUtf8Bytes(
                new JsonObject
                {
                    ["type"] = "notice",
                    ["id"] = id,
                    ["kind"] = notice.Kind,
                    ["severity"] = notice.Severity,
                    ["museum"] = notice.Museum,
                    ["subject"] = notice.Subject,
                    ["text"] = notice.Text,
                    ["at"] = Api.Instants.TextOf(notice.At),
                    ["url"] = notice.Link?.AbsoluteUri,
                }
            ),
            cancel
        );
}
