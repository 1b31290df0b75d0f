using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>
/// Tells recipients what happens. What is to be told is written into the outbox first, once for each recipient; then it
/// is sent, again and again until it was taken. An attempt is a right that one of several servers takes, and that comes
/// back where that server died with it.
/// </summary>
internal sealed class Notifier(
    INotices notices,
    Happenings happenings,
    Channels channels,
    HourCube cubes,
    TimeProvider clock,
    ILoggerFactory logs
) : BackgroundService
{
    private const int MostAtOnce = 50;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>What happened a day ago is told by the pages.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    /// <summary>Longer than any attempt takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan[] Pauses =
    [
        .. new[] { 10, 20, 60, 120, 300, 600, 1800 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
    ];

    private readonly ILogger log = logs.CreateLogger("museum");

    /// <summary>What the outbox surely knows: asking it again would be a write every five seconds.</summary>
    private readonly HashSet<(string Name, DateTimeOffset Since, string Key)> queued = [];

    private const int MostRemembered = 100_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            do
            {
                try
                {
                    await QueueAsync(stoppingToken);
                    await SendAsync(stoppingToken);
                }
                catch (Exception e) when (e is TransientException or MuseumException)
                {
                    log.LogWarning(e, "nobody could be notified; the next look is in {Seconds} s", Look.TotalSeconds);
                }
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    internal async Task QueueAsync(CancellationToken cancel)
    {
        var recipients = await notices.RecipientsAsync(cancel);
        if (recipients.Count == 0)
            return;
        var museums = (await cubes.CurrentAsync(cancel)).Museums;
        var zones = museums.ToDictionary(m => m.Museum.Code, m => m.Zone);
        foreach (var notice in await happenings.NowAsync(museums, cancel))
        {
            var clockThere = TimeOnly.FromDateTime(
                TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zones[notice.Museum]).DateTime
            );
            foreach (var recipient in recipients.Where(recipient => Wants(recipient, notice, clockThere)))
            {
                if (queued.Count >= MostRemembered)
                    queued.Clear();
                var key = (recipient.Name, recipient.CreatedAt, notice.Key);
                if (queued.Contains(key))
                    continue;
                await notices.QueueAsync(recipient.Name, notice, cancel);
                queued.Add(key);
            }
        }
    }

    internal async Task SendAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var due = await notices.DueAsync(now - Oldest, MostAtOnce, cancel);
        if (due.Count == 0)
            return;
        var recipients = (await notices.RecipientsAsync(cancel)).ToDictionary(recipient => recipient.Name);
        await Parallel.ForEachAsync(
            due.Where(outgoing => recipients.ContainsKey(outgoing.Recipient)),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel },
            async (outgoing, token) => await SendAsync(recipients[outgoing.Recipient], outgoing, token)
        );
    }

    private async Task SendAsync(Recipient to, Outgoing outgoing, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (!await notices.AttemptAsync(outgoing, now + Lease, cancel))
            return;
        var problem = await channels.SendAsync(to, outgoing.Notice, IdOf(outgoing), cancel);
        if (problem is not null)
            log.LogWarning(
                "{Recipient} was not told of {Key} by {Channel}, attempt {Attempt}: {Problem}",
                to.Name,
                outgoing.Notice.Key,
                to.Channel,
                outgoing.Attempts + 1,
                problem
            );
        var pause = Pauses[Math.Min(outgoing.Attempts, Pauses.Length - 1)];
        await notices.AttemptedAsync(outgoing, problem, now + pause, CancellationToken.None);
    }

    /// <summary>The same however often it is sent, and to each recipient another.</summary>
    internal static string IdOf(Outgoing outgoing) =>
        $"{outgoing.Notice.Key.Replace('/', '.')}.{outgoing.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    private static bool Wants(Recipient recipient, Notice notice, TimeOnly now) =>
        (recipient.Museum is null || recipient.Museum == notice.Museum)
        && (recipient.Kinds.Count == 0 || recipient.Kinds.Contains(notice.Kind))
        && (recipient.From is not { } from || recipient.To is not { } to || now.IsBetween(from, to))
        // Whoever was added later is not told of what was before.
        && (notice.Kind is not (NoticeKind.Emergency or NoticeKind.Escalation) || notice.At >= recipient.CreatedAt);
}
