using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Simulate;

/// <summary>Answers the calls for help of one simulated stream, each after a while; calls of any other stream are left
/// alone.</summary>
internal sealed class Staff(MuseumStore store, StreamIdentity stream, TimeProvider clock)
{
    private const string Name = "Simulated staff";
    private const int MostAtOnce = 500;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly (string Outcome, string Note)[] Ends =
    [
        ("Directions or a question", "Showed the way out"),
        ("Lost child", "A child looked for its parents, and found them"),
        ("Pressed by mistake", ""),
        ("First aid", "A plaster was enough"),
        ("Nobody there", ""),
    ];

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    await AnswerAsync(cancel);
                }
                catch (TransientException)
                {
                    // The next second checks again.
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The day is over.
        }
    }

    /// <summary>Answers everybody who still waits: nobody else will come at the end of the day.</summary>
    public Task LastRoundAsync(CancellationToken cancel) => AnswerAsync(lastRound: true, cancel);

    internal Task AnswerAsync(CancellationToken cancel) => AnswerAsync(lastRound: false, cancel);

    private async Task AnswerAsync(bool lastRound, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var sources = (await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel))
            .Where(row => row.TopicId == stream.TopicId)
            .Select(row => (long?)row.SourceId)
            .ToHashSet();
        foreach (
            var call in await store.HelpCalls.ListAsync(
                new HelpFilter(stream.MuseumId, MostAtOnce, OpenSince: now - Day, Taken: true),
                cancel
            )
        )
        {
            if (!sources.Contains(call.Id / EventId.PositionsPerSource))
                continue;
            // The same call gets the same delay at each check.
            var chance = new Chance(call.Id, 15);
            var due = (call.ReceivedAt ?? call.At!.Value) + Walk(call, chance);
            var taken = call.Actions is [.., { Action: IncidentMove.Acknowledge } last] ? last : null;
            if (taken is not null && taken.Who != Name)
                continue;
            if (taken is null && (lastRound || due <= now))
                await store.Incidents.ActAsync(call.Id, new IncidentMove(IncidentMove.Acknowledge, Name, ""), cancel);
            var (outcome, note) = chance.OneOf(Ends);
            if (lastRound || taken?.At + There(chance) <= now)
                await store.Incidents.ActAsync(
                    call.Id,
                    new IncidentMove(IncidentMove.Resolve, Name, note, outcome),
                    cancel
                );
        }
    }

    /// <summary>Long enough that somebody watching the page sees the call, and can be quicker; an emergency is answered
    /// before it escalates.</summary>
    private static TimeSpan Walk(HelpRow call, Chance chance) =>
        TimeSpan.FromSeconds(
            call.Value is PressType.Emergency ? 45 + (135 * chance.Fraction()) : 10 + (50 * chance.Fraction())
        );

    /// <summary>How long they are there.</summary>
    private static TimeSpan There(Chance chance) => TimeSpan.FromSeconds(30 + (60 * chance.Fraction()));
}
