using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Incidents;

/// <summary>Looks for emergencies that nobody acknowledged in time, or that were not resolved in time. Inserting the
/// row in <c>escalation</c> gives the right to escalate, so that only one of several servers does it; each attempt to
/// call the webhook is claimed separately, so that another server continues where one has died.</summary>
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

    /// <summary>An alarm for something a day ago helps nobody: it is only shown.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    /// <summary>After the escalation; each attempt consists of three quick ones.</summary>
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
                    "the emergency {Press} has waited since {Since:yyyy-MM-ddTHH:mm:ssZ}: nobody went, or the person "
                        + "who went did not "
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
            problem = "the press no longer exists";

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
                        "emergencies could not be checked; the next check is in {Seconds} s",
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

/// <summary>The body sent to the webhook. The names are a contract.</summary>
/// <param name="Id">The same on every attempt.</param>
internal sealed record EscalationMessage(string Type, string Id, DateTimeOffset EscalatedAt, HelpPress Press);
