using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Incidents;

/// <summary>
/// Looks for emergencies nobody went to in time, or that were not resolved in time after somebody went. The row in <c>escalation</c> is the right to tell, so that of
/// several servers one does; each
/// attempt to tell is a right of its own, so that another server goes on where one has died.
/// </summary>
internal sealed class Escalator(
    IIncidents incidents,
    HelpPresses presses,
    LiveEvents events,
    DashboardOptions options,
    TimeProvider clock,
    ILoggerFactory logs,
    Webhook? webhook = null
) : BackgroundService
{
    private const int MostAtOnce = 50;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>An alarm for what happened a day ago helps nobody: it is shown, and that is all.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    /// <summary>After the escalation; within each attempt there are three quick ones.</summary>
    private static readonly TimeSpan[] Attempts =
    [
        .. new[] { 0, 1, 3, 10, 30, 60, 120, 240 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
    ];

    private readonly ILogger log = logs.CreateLogger("museum");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(EveryAsync(EscalateAsync, stoppingToken), EveryAsync(TellAsync, stoppingToken));

    internal async Task EscalateAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        foreach (
            var press in await incidents.OverdueAsync(
                now - Oldest,
                now - options.Serve.EscalateAfter,
                now - options.Serve.ResolveWithin,
                MostAtOnce,
                cancel
            )
        )
        {
            if (await incidents.EscalateAsync(press, cancel))
                log.LogWarning(
                    "the emergency {Press} waits since {Since:yyyy-MM-ddTHH:mm:ssZ}: nobody went, or whoever went did not "
                        + "resolve it",
                    press.PressId,
                    press.OpenSince.UtcDateTime
                );
        }
    }

    internal async Task TellAsync(CancellationToken cancel)
    {
        if (webhook is null)
            return;
        var now = clock.GetUtcNow();
        var due = (await incidents.UndeliveredAsync(now - Oldest, Attempts.Length, cancel)).Where(e =>
            now >= e.EscalatedAt + Attempts[e.Attempts]
        );
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel },
            async (e, token) => await TellAsync(webhook, e, token)
        );
    }

    private async Task TellAsync(Webhook to, Escalation escalation, CancellationToken cancel)
    {
        if (!await incidents.AttemptAsync(escalation, cancel))
            return;
        string? problem;
        if (await presses.ReadAsync([escalation.PressId], cancel) is [var press])
        {
            var id = string.Create(
                CultureInfo.InvariantCulture,
                $"{escalation.PressId}-{escalation.EscalatedAt.ToUnixTimeSeconds()}"
            );
            problem = await to.SendAsync(
                id,
                events.Json(new EscalationMessage("escalation", id, escalation.EscalatedAt, press)),
                cancel
            );
        }
        else
            problem = "the press is not there any more";

        if (problem is not null)
            log.LogWarning(
                "the webhook was not told of the emergency {Press}, attempt {Attempt}: {Problem}",
                escalation.PressId,
                escalation.Attempts + 1,
                problem
            );
        await incidents.AttemptedAsync(escalation, problem, cancel);
    }

    private async Task EveryAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            do
            {
                try
                {
                    await work(cancel);
                }
                catch (Exception e) when (e is TransientException or MuseumException)
                {
                    log.LogWarning(
                        e,
                        "emergencies could not be looked at; the next look is in {Seconds} s",
                        Look.TotalSeconds
                    );
                }
            } while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}

/// <summary>What the webhook is told. The names are a contract.</summary>
/// <param name="Id">The same however often it is sent.</param>
internal sealed record EscalationMessage(string Type, string Id, DateTimeOffset EscalatedAt, HelpPress Press);
