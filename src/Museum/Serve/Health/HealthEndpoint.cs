using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Health;

/// <summary>Answers supervisors over HTTP: <c>/live</c> while the process runs; <c>/health</c> with 200 or 503 by
/// whether it works (a consumer's topics all progress, a dashboard's database answers), with the reasons as JSON;
/// <c>/metrics</c> for Prometheus. Read-only.</summary>
internal sealed class HealthEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LivePatience = TimeSpan.FromSeconds(5);

    private readonly bool hereOnly;
    private readonly WebApplication app;
    private readonly Metrics metrics;
    private readonly HttpClient self;
    private readonly Func<CancellationToken, Task<(bool Healthy, string Json)>> ask;

    private HealthEndpoint(
        IPEndPoint address,
        Func<CancellationToken, Task<(bool Healthy, string Json)>> ask,
        IReadOnlyList<IMeasured> measured
    )
    {
        this.ask = ask;
        hereOnly = IPAddress.IsLoopback(address.Address);
        metrics = new Metrics(measured);
        self = Client(address);
        // Empty: no foreign configuration, no logging of its own.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 0;
                // Many, and none for long: connections that ask nothing must not keep out those that do.
                kestrel.Limits.MaxConcurrentConnections = 1024;
                kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(5);
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
                kestrel.Listen(address);
            });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        app = builder.Build();
        app.Use(GuardAsync);
        metrics.Use(app);
        app.Run(AnswerAsync);
    }

    /// <summary>Null if no address is configured.</summary>
    /// <param name="states">The state of each topic, at any time; empty before the start.</param>
    public static Task<HealthEndpoint?> OpenAsync(
        IPEndPoint? address,
        Func<IReadOnlyList<StreamState>> states,
        Redactor redactor,
        CancellationToken cancel
    ) => OpenAsync(address, states, redactor, [], cancel);

    /// <summary>The same for a process with more than a consumer.</summary>
    internal static Task<HealthEndpoint?> OpenAsync(
        IPEndPoint? address,
        Func<IReadOnlyList<StreamState>> states,
        Redactor redactor,
        IReadOnlyList<IMeasured> others,
        CancellationToken cancel
    ) =>
        OpenAsync(
            address,
            _ =>
            {
                var health = HealthJson.Of(states(), redactor);
                return Task.FromResult(
                    (health.Healthy, JsonSerializer.Serialize(health, HealthShapes.Default.HealthJson))
                );
            },
            [new StreamMetrics(states), .. others],
            cancel
        );

    /// <summary>Null if no address is configured.</summary>
    /// <param name="ask">The state, and the reasons as JSON.</param>
    /// <param name="measured">Metrics in addition to the runtime's own.</param>
    internal static async Task<HealthEndpoint?> OpenAsync(
        IPEndPoint? address,
        Func<CancellationToken, Task<(bool Healthy, string Json)>> ask,
        IReadOnlyList<IMeasured> measured,
        CancellationToken cancel
    )
    {
        if (address is null)
            return null;
        var endpoint = new HealthEndpoint(address, ask, measured);
        try
        {
            await endpoint.app.StartAsync(cancel);
            return endpoint;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await endpoint.app.DisposeAsync();
            endpoint.self.Dispose();
            endpoint.metrics.Dispose();
            throw new MuseumException(
                ExitCode.Configuration,
                $"MUSEUM_HEALTH: found {address}, which cannot be listened on ({e.Message}); expected a free port "
                    + $"of an address of this machine",
                e
            );
        }
    }

    private Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        // A page of a site whose name is made to lead here (DNS rebinding) must not read it.
        if (hereOnly && !Visitors.IsThisMachine(request.Host.Host))
            return SayAsync(response, StatusCodes.Status421MisdirectedRequest, "only localhost and 127.0.0.1\n");
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (request.Path != "/live" && request.Path != "/health" && request.Path != Metrics.Path)
            return SayAsync(
                response,
                StatusCodes.Status404NotFound,
                "not found; there are /health, /live and /metrics\n"
            );
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return next(context);
        response.Headers.Allow = "GET, HEAD";
        return SayAsync(response, StatusCodes.Status405MethodNotAllowed, "only GET and HEAD\n");
    }

    /// <summary>Whether <c>/live</c> answers as a supervisor would see it: over the network, from this
    /// machine.</summary>
    public async Task<bool> IsLiveAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await self.GetAsync("/live", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e)
            when (e is HttpRequestException or ObjectDisposedException
                || e is TaskCanceledException && !cancel.IsCancellationRequested
            )
        {
            return false;
        }
    }

    // One connection that stays open: if others use up the rest, the program must not look frozen.
    internal static HttpClient Client(IPEndPoint address)
    {
        var here =
            address.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : address.Address;
        return new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://{new IPEndPoint(here, address.Port)}"),
            Timeout = LivePatience,
        };
    }

    private Task AnswerAsync(HttpContext context) =>
        context.Request.Path == "/live"
            ? SayAsync(context.Response, StatusCodes.Status200OK, "alive\n")
            : HealthAsync(context);

    private async Task HealthAsync(HttpContext context)
    {
        var (healthy, json) = await ask(context.RequestAborted);
        await SayAsync(
            context.Response,
            healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            json + "\n",
            "application/json"
        );
    }

    private static Task SayAsync(
        HttpResponse response,
        int status,
        string text,
        string type = "text/plain; charset=utf-8"
    )
    {
        var body = System.Text.Encoding.UTF8.GetBytes(text);
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, type, body.Length);
        return HttpMethods.IsHead(response.HttpContext.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body).AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(Farewell);
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
        self.Dispose();
        metrics.Dispose();
    }
}

/// <summary>The body of <c>/health</c>. The keys and their order are a contract.</summary>
/// <param name="State"><c>starting</c> before the first topic has begun, then <c>healthy</c> or
/// <c>unhealthy</c>.</param>
internal sealed record HealthJson(string State, bool Healthy, IReadOnlyList<TopicHealthJson> Topics)
{
    public static HealthJson Of(IReadOnlyList<StreamState> states, Redactor redactor)
    {
        var healthy = states.Count > 0 && states.All(state => state.Healthy);
        return new(
            states.Count == 0 ? "starting"
                : healthy ? "healthy"
                : "unhealthy",
            healthy,
            [.. states.Select(state => TopicHealthJson.Of(state, redactor))]
        );
    }
}

internal sealed record TopicHealthJson(
    string Topic,
    string State,
    bool Healthy,
    string? Problem,
    int Partitions,
    IReadOnlyList<int> StoppedPartitions,
    long? Lag,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long PossibleHelp,
    SortedDictionary<string, long> Reasons
)
{
    public static TopicHealthJson Of(StreamState state, Redactor redactor)
    {
        var (read, ratings, support, quarantined, already, _, possibleHelp) = state.Counts;
        return new(
            state.Topic,
            state.State,
            state.Healthy,
            state.Problem is { } problem ? redactor.Redact(problem) : null,
            state.Partitions,
            state.StoppedPartitions,
            state.Lag,
            read,
            ratings,
            support,
            quarantined,
            already,
            possibleHelp,
            state.Reasons
        );
    }
}
