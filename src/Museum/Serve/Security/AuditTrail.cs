using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Serve.Security;

/// <summary>Logins, logouts, refusals and denials: in the log at once and in the database within seconds, so that no request
/// waits. What a stranger can repeat at will (refusals, denials) is one row for a name, an address and a
/// minute.</summary>
internal sealed class AuditTrail(IAudit audit, TimeProvider clock, ILoggerFactory logs) : BackgroundService
{
    public const string Login = "login",
        Logout = "logout",
        Refused = "login refused",
        Limited = "login limited",
        Denied = "denied";

    private const int MostWaiting = 10_000;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(2);

    private readonly ILogger log = logs.CreateLogger("museum");
    private readonly Channel<AuditEntry> waiting = Channel.CreateBounded<AuditEntry>(MostWaiting);
    private readonly Lock one = new();
    private readonly Dictionary<(string Event, AuditActor Actor, string Detail, long Minute), int> repeated = [];

    /// <summary>Of somebody who is in.</summary>
    public void Note(HttpContext context, string what, ClaimsPrincipal who, string detail = "") =>
        Note(context, what, who.Identity?.Name ?? "", Signature.ProviderOf(who), detail);

    /// <param name="name">As it was given; whoever is refused may have none.</param>
    public void Note(HttpContext context, string what, string name, string provider, string detail = "")
    {
        var actor = new AuditActor(Bounded(name), provider, Limits.AddressOf(context));
        var now = clock.GetUtcNow();
        log.LogInformation(
            "audit: {Event} {Name} ({Provider}) from {Address} {Detail}",
            what,
            actor.Name,
            actor.Provider,
            actor.Address,
            detail
        );
        if (what is not (Refused or Limited or Denied))
        {
            Put(new(now, what, actor, detail));
            return;
        }

        lock (one)
        {
            var key = (what, actor, detail, now.ToUnixTimeSeconds() / 60);
            if (repeated.Count < MostWaiting || repeated.ContainsKey(key))
                repeated[key] = repeated.GetValueOrDefault(key) + 1;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Often, clock, stoppingToken);
                CloseMinutes(all: false);
                await WriteAsync();
            }
        }
        catch (OperationCanceledException)
        {
            CloseMinutes(all: true);
            await WriteAsync();
        }
    }

    /// <summary>What is waiting is written, even while the server stops.</summary>
    internal async Task WriteAsync()
    {
        List<AuditEntry> entries = [];
        while (entries.Count < MostWaiting && waiting.Reader.TryRead(out var entry))
            entries.Add(entry);
        if (entries.Count == 0)
            return;
        try
        {
            await audit.AddAsync(entries, CancellationToken.None);
        }
        catch (Exception e) when (e is TransientException or MuseumException)
        {
            log.LogWarning("serve: {Count} rows of the audit wait for the database: {Why}", entries.Count, e.Message);
            foreach (var entry in entries)
                Put(entry);
        }
    }

    internal void CloseMinutes(bool all)
    {
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (one)
        {
            foreach (var (key, times) in repeated.Where(r => all || r.Key.Minute < minute).ToList())
            {
                repeated.Remove(key);
                var at = DateTimeOffset.FromUnixTimeSeconds(key.Minute * 60);
                Put(new(at, key.Event, key.Actor, key.Detail, Times: times));
            }
        }
    }

    private void Put(AuditEntry entry)
    {
        if (!waiting.Writer.TryWrite(entry))
            log.LogError("serve: the audit is full, and {Event} is in the log alone", entry.Event);
    }

    private static string Bounded(string name) =>
        SafeText.Of(name.Length <= Names.Longest ? name : name[..Names.Longest] + "…");
}
