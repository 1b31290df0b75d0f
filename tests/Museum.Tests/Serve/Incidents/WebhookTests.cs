using System.Net;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Tests.Serve.Incidents;

public sealed class WebhookTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private static readonly byte[] Body = "{\"type\":\"escalation\"}"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Webhook To(
        WebhookServer server,
        string host = "127.0.0.1",
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null
    ) =>
        new(
            new WebhookSettings(new Uri($"https://{host}:{server.Port}/museum"), new Secret(Key)),
            TimeProvider.System,
            TimeSpan.FromMilliseconds(20),
            resolve,
            TestTls.Trusting(server.Authority)
        );

    [Fact]
    public async Task What_is_reported_is_signed_so_that_the_other_side_can_tell_it_is_ours()
    {
        await using var server = await WebhookServer.StartAsync("127.0.0.1");
        using var webhook = To(server);
        Assert.Null(await webhook.SendAsync("17-42", Body, Cancel));

        var told = Assert.Single(server.Told);
        Assert.Equal(
            ("/museum", await told.SignatureAsync(Key), "17-42", "application/json"),
            (
                told.Path,
                told.Headers["X-Museum-Signature"],
                told.Headers["Idempotency-Key"],
                told.Headers["Content-Type"]
            )
        );
        Assert.Equal(Body, told.Body);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await WebhookServer.StartAsync("127.0.0.1");
        server.Answer = StatusCodes.Status302Found;
        using var webhook = To(server);
        Assert.Equal("answered 302: redirects are not followed", await webhook.SendAsync("1", Body, Cancel));
        Assert.Equal("/museum", Assert.Single(server.Told).Path);
    }

    [Theory]
    [InlineData(StatusCodes.Status503ServiceUnavailable, 3)]
    [InlineData(StatusCodes.Status400BadRequest, 1)]
    public async Task What_passes_is_tried_three_times_and_what_does_not_once(int answer, int times)
    {
        await using var server = await WebhookServer.StartAsync("127.0.0.1");
        server.Answer = answer;
        using var webhook = To(server);
        Assert.Equal($"answered {answer}", await webhook.SendAsync("1", Body, Cancel));
        Assert.Equal(times, server.Told.Count);
        Assert.Single(server.Told.Select(t => t.Headers["Idempotency-Key"]).Distinct());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("fd00::1")]
    public async Task A_name_that_leads_into_the_house_is_not_followed(string address)
    {
        await using var server = await WebhookServer.StartAsync("hooks.example");
        using var webhook = To(server, "hooks.example", (_, _) => Task.FromResult(new[] { IPAddress.Parse(address) }));
        Assert.StartsWith(
            "hooks.example leads to private addresses only",
            await webhook.SendAsync("1", Body, Cancel),
            StringComparison.Ordinal
        );
        Assert.Empty(server.Told);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_believed()
    {
        await using var server = await WebhookServer.StartAsync("hooks.example");
        using var webhook = To(server);
        Assert.Contains("certificate", await webhook.SendAsync("1", Body, Cancel), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(server.Told);
    }

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("172.31.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    public void Which_addresses_are_out_in_the_world(string address, bool outside) =>
        Assert.Equal(outside, PublicAddress.Is(IPAddress.Parse(address)));
}
