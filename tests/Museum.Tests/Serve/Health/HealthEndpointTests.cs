using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Health;

public sealed class HealthEndpointTests : IAsyncLifetime
{
    private static readonly StreamState Well = new(
        "lmnh",
        "consuming",
        true,
        null,
        2,
        7,
        new Counts(10, 6, 1, 3, 0, 0, 2),
        new(StringComparer.Ordinal) { ["invalid_val"] = 3 },
        []
    );

    private static readonly StreamState Ill = Well with
    {
        Topic = "lms",
        State = "waiting for the database",
        Healthy = false,
        Problem = "password hunter2 was not accepted",
    };

    private readonly HttpClient _client = new();
    private IReadOnlyList<StreamState> _states = [];
    private HealthEndpoint? _endpoint;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        _endpoint = await HealthEndpoint.OpenAsync(
            address,
            () => _states,
            new Redactor([new Secret("hunter2")]),
            Cancel
        );
        _client.BaseAddress = new($"http://{address}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _endpoint!.DisposeAsync();
    }

    [Fact]
    public async Task On_loopback_a_name_of_somebody_elses_is_told_nothing()
    {
        _states = [Well];
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "evil.example" } };
        using var answer = await _client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Connections_that_say_nothing_do_not_silence_it()
    {
        _states = [Well];
        var address = _client.BaseAddress!;
        List<System.Net.Sockets.TcpClient> idle = [];
        try
        {
            for (var n = 0; n < 200; n++)
            {
                idle.Add(new System.Net.Sockets.TcpClient());
                await idle[^1].ConnectAsync(IPAddress.Loopback, address.Port, Cancel);
            }

            using var fresh = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
            using var answer = await fresh.GetAsync("/health", Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task Healthy_is_200_only_while_every_topic_is()
    {
        var (before, _) = await AskAsync();
        _states = [Well];
        var (well, body) = await AskAsync();
        _states = [Well, Ill];
        var (ill, reasons) = await AskAsync();

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable),
            (before, well, ill)
        );
        Assert.Equal(
            """{"state":"healthy","healthy":true,"topics":[{"topic":"lmnh","state":"consuming","healthy":true,"problem":null,"partitions":2,"stopped_partitions":[],"lag":7,"read":10,"ratings":6,"support":1,"quarantined":3,"already":0,"possible_help":2,"reasons":{"invalid_val":3}}]}""",
            body.GetRawText()
        );
        Assert.Equal("waiting for the database", reasons.GetProperty("topics")[1].GetProperty("state").GetString());
        Assert.DoesNotContain("hunter2", reasons.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_is_200_whatever_the_health_and_nothing_else_is_there()
    {
        _states = [Ill];
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/live", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.PostAsync("/health", null, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.DeleteAsync("/live", Cancel)).StatusCode);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_reported_by_the_settings_name()
    {
        var taken = new IPEndPoint(IPAddress.Loopback, _client.BaseAddress!.Port);
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            HealthEndpoint.OpenAsync(taken, () => [], new Redactor([]), Cancel)
        );
        Assert.Equal(ExitCode.Configuration, error.ExitCode);
        Assert.StartsWith(
            $"MUSEUM_HEALTH: found {taken}, which cannot be listened on",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_an_address_nothing_listens() =>
        Assert.Null(await HealthEndpoint.OpenAsync(null, () => [], new Redactor([]), Cancel));

    private async Task<(HttpStatusCode, JsonElement)> AskAsync()
    {
        using var response = await _client.GetAsync("/health", Cancel);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancel));
    }
}
