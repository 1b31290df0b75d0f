using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Json.Schema;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MuseumPipeline.Tests.Serve.Notices;

/// <summary>A messenger's service that takes what its published description allows and nothing else.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    /// <summary>Slack: "Sending messages using incoming webhooks" and the block kit reference.</summary>
    public const string Slack = """
        {"type":"object","required":["text"],"additionalProperties":false,"properties":{
          "text":{"type":"string","minLength":1,"maxLength":40000},
          "blocks":{"type":"array","maxItems":50,"items":{"oneOf":[
            {"type":"object","required":["type","text"],"additionalProperties":false,"properties":{
              "type":{"const":"header"},"block_id":{"type":"string"},
              "text":{"type":"object","required":["type","text"],"additionalProperties":false,"properties":{
                "type":{"const":"plain_text"},"text":{"type":"string","minLength":1,"maxLength":150},"emoji":{"type":"boolean"}}}}},
            {"type":"object","required":["type","text"],"additionalProperties":false,"properties":{
              "type":{"const":"section"},"block_id":{"type":"string"},
              "text":{"type":"object","required":["type","text"],"additionalProperties":false,"properties":{
                "type":{"enum":["plain_text","mrkdwn"]},"text":{"type":"string","minLength":1,"maxLength":3000}}}}}]}}}}
        """;

    /// <summary>Teams: "Create an incoming webhook with Workflows", and the schema of adaptive cards.</summary>
    public const string Teams = """
        {"type":"object","required":["type","attachments"],"properties":{
          "type":{"const":"message"},
          "attachments":{"type":"array","minItems":1,"maxItems":1,"items":{"type":"object","required":["contentType","content"],
            "properties":{"contentType":{"const":"application/vnd.microsoft.card.adaptive"},"contentUrl":{"type":"null"},
            "content":{"type":"object","required":["type","version","body"],"additionalProperties":false,"properties":{
              "$schema":{"const":"http://adaptivecards.io/schemas/adaptive-card.json"},"type":{"const":"AdaptiveCard"},
              "version":{"enum":["1.0","1.1","1.2","1.3","1.4"]},
              "actions":{"type":"array","items":{"type":"object","required":["type","url"],"additionalProperties":false,
                "properties":{"type":{"const":"Action.OpenUrl"},"title":{"type":"string"},"url":{"type":"string","format":"uri"}}}},
              "body":{"type":"array","minItems":1,"items":{"oneOf":[
                {"type":"object","required":["type","text"],"additionalProperties":false,
                "properties":{"type":{"const":"TextBlock"},"text":{"type":"string","minLength":1},
                "weight":{"enum":["lighter","default","bolder"]},"wrap":{"type":"boolean"}}},
                {"type":"object","required":["type","inlines"],"additionalProperties":false,
                "properties":{"type":{"const":"RichTextBlock"},"inlines":{"type":"array","minItems":1,
                "items":{"type":"object","required":["type","text"],"additionalProperties":false,
                "properties":{"type":{"const":"TextRun"},"text":{"type":"string","minLength":1},
                "weight":{"enum":["lighter","default","bolder"]}}}}}}]}}}}}}}}}
        """;

    /// <summary>PagerDuty: "PD-CEF" and "Send an alert event" of the Events API v2.</summary>
    public const string PagerDuty = """
        {"type":"object","required":["routing_key","event_action","payload"],"additionalProperties":false,"properties":{
          "links":{"type":"array","items":{"type":"object","required":["href"],"additionalProperties":false,
            "properties":{"href":{"type":"string","format":"uri"},"text":{"type":"string"}}}},
          "routing_key":{"type":"string","minLength":32,"maxLength":32},"event_action":{"enum":["trigger","acknowledge","resolve"]},
          "dedup_key":{"type":"string","minLength":1,"maxLength":255},
          "payload":{"type":"object","required":["summary","source","severity"],"additionalProperties":false,"properties":{
            "summary":{"type":"string","minLength":1,"maxLength":1024},"source":{"type":"string","minLength":1},
            "severity":{"enum":["critical","error","warning","info"]},
            "timestamp":{"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"},
            "component":{"type":"string"},"group":{"type":"string"},"class":{"type":"string"},"custom_details":{"type":"object"}}}}}
        """;

    private readonly WebApplication app;
    private readonly SemaphoreSlim reached = new(0);

    private Receiver(string schema, int accepted)
    {
        var rules = JsonSchema.FromText(schema);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(async context =>
        {
            reached.Release();
            if (Deaf)
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            var right =
                context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true
                && HttpMethods.IsPost(context.Request.Method)
                && rules.Evaluate(body.RootElement).IsValid;
            if (Away)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else if (!right)
            {
                Refused.Enqueue(body.RootElement.GetRawText());
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            }
            else
            {
                Taken.Enqueue(body.RootElement.Clone());
                if (Mute)
                    await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                context.Response.StatusCode = accepted;
            }
        });
    }

    public bool Away { get; set; }

    /// <summary>It lets callers connect and send, and reads nothing of it.</summary>
    public bool Deaf { get; set; }

    /// <summary>It takes what it is sent and never says so.</summary>
    public bool Mute { get; set; }

    public ConcurrentQueue<JsonElement> Taken { get; } = [];

    public ConcurrentQueue<string> Refused { get; } = [];

    public string Address =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        + "/services/T0/B0/very-secret-part";

    /// <summary>Until one more caller has come.</summary>
    public async Task ReachedAsync(CancellationToken cancel) =>
        Assert.True(await reached.WaitAsync(TimeSpan.FromMinutes(3), cancel), "nobody came within three minutes");

    public static async Task<Receiver> StartAsync(string schema, int accepted = StatusCodes.Status200OK)
    {
        var receiver = new Receiver(schema, accepted);
        await receiver.app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        reached.Dispose();
    }
}
