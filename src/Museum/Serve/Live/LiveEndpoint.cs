using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using MuseumPipeline.Serve.Api;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Live;

/// <summary><c>GET /live</c>: server-sent events, as long as the page is open.</summary>
internal static class LiveEndpoint
{
    private static readonly byte[] Retry = "retry: 1000\n\n"u8.ToArray();

    private static readonly TimeSpan Full = TimeSpan.FromSeconds(10);

    /// <summary>As much as waits for a page to take it, in bytes.</summary>
    public const int Piece = 8 * 1024;

    public static void MapLive(this IEndpointRouteBuilder api) =>
        api.MapGet("/live", (Delegate)StreamAsync)
            .WithTags("session")
            .WithSummary("Live events: snapshot, press, many, changed and heartbeat")
            .WithDescription(
                "Server-sent events that never end; each has a name and a JSON object with its museum as data. For "
                    + "sessions, not for tokens."
            )
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> StreamAsync(
        HttpContext context,
        LiveFeed feed,
        Receptions receptions,
        Gate gate,
        StreamLimits limits,
        TimeProvider clock,
        IHostApplicationLifetime life,
        string? museum
    )
    {
        var rooms = await feed.FindAsync(museum, context.User, context.RequestAborted);
        if (rooms.Count == 0)
            return Results.Problem(
                $"museum: found {museum}, expected a museum's code, or {Sight.Everything} for all of them",
                statusCode: StatusCodes.Status400BadRequest,
                title: "No such museum"
            );
        if (Validators.IsHead(context))
        {
            Begin(context);
            return Results.Empty;
        }

        using var place = limits.Open(context.User);
        if (place is null)
            return Limits.TooMany(context, Full);
        // A stream has no end of its own: without this, a stopping server would wait for every open page.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            life.ApplicationStopping
        );
        var client = new LiveClient(context.User, Sessions.EndOf(context.User, gate.Settings), context.Abort);
        foreach (var room in rooms)
            room.Add(client);
        try
        {
            if (client.HasExpired(clock.GetUtcNow()))
                return Results.Unauthorized();
            var heard = (await receptions.CurrentAsync(end.Token)).ToDictionary(reception => reception.Museum);
            List<byte[]> snapshots = [];
            foreach (var room in rooms)
                snapshots.AddRange(await room.SnapshotAsync(heard.GetValueOrDefault(room.Code), end.Token));
            Begin(context);
            await context.Response.Body.WriteAsync(Retry, end.Token);
            foreach (var snapshot in snapshots)
                await WriteAsync(context, snapshot, end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            await SendAsync(context, client, end.Token);
        }
        catch (Exception e) when (end.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The page was closed, was too slow, or the server stops.
        }
        finally
        {
            foreach (var room in rooms)
                room.Remove(client);
        }

        return Results.Empty;
    }

    private static void Begin(HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        // Otherwise nginx would buffer it.
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private static async Task SendAsync(HttpContext context, LiveClient client, CancellationToken cancel)
    {
        while (await client.Waiting.WaitToReadAsync(cancel))
        {
            while (client.Waiting.TryRead(out var liveEvent))
                await WriteAsync(context, liveEvent, cancel);
            await context.Response.Body.FlushAsync(cancel);
        }
    }

    /// <summary>In pieces, each of which waits until the one before was taken.</summary>
    private static async ValueTask WriteAsync(HttpContext context, byte[] bytes, CancellationToken cancel)
    {
        for (var from = 0; from < bytes.Length; from += Piece)
            await context.Response.Body.WriteAsync(bytes.AsMemory(from, Math.Min(Piece, bytes.Length - from)), cancel);
    }
}
