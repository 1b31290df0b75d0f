using System.Text;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>Kiosks whose clocks are wrong.</summary>
public abstract partial class StreamContract
{
    private static DateTimeOffset Arrived { get; } =
        StoredInstants.Of(StoredInstants.MicrosecondsOf(DateTimeOffset.UtcNow.AddMinutes(-7)));

    private static string Emergency(string at, int site) =>
        $$"""{"at": "{{at}}", "site": "{{site}}", "val": -1, "type": 1}""";

    private static string AtNoonOf(int year) => $"{year}-06-01T12:00:00+01:00";

    private async Task LoadAsync(bool prompt, params string[] messages)
    {
        var claim = await ClaimAsync();
        var batch = new StreamBatch();
        var arrival = new Arrival(StoredInstants.MicrosecondsOf(Arrived), prompt);
        var offset = claim.NextOffset;
        foreach (var message in messages)
            batch.Add(claim, offset++, 7, Encoding.UTF8.GetBytes(message), arrival);
        Assert.Empty(await (await LoaderAsync()).LoadAsync(batch, Cancel));
    }

    [Fact]
    public async Task A_call_from_a_kiosk_whose_clock_is_wrong_counts_as_made_when_it_arrived()
    {
        await LoadAsync(
            prompt: true,
            Emergency("1970-01-01T12:00:00+00:00", 2),
            Emergency("2000-01-01T12:00:00+00:00", 3),
            Emergency(AtNoonOf(2015), 1),
            Rating(0)
        );

        var now = DateTimeOffset.UtcNow;
        var rows = await Store.HelpCalls.ListAsync(new HelpFilter(Museum.Id, 10), Cancel);
        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal((true, Arrived, Arrived), (row.ClockWrong, row.When, row.ReceivedAt)));
        Assert.All(rows, row => Assert.Equal(HelpState.Open, HelpPress.Of(row, now).State));
        Assert.Contains(
            "kiosk clock wrong: it says 1970-01-01 12:00 UTC",
            HelpPress.Of(rows.Single(row => row.At?.Year == 1970), now).Meaning,
            StringComparison.Ordinal
        );
        Assert.Equal(3, (await Store.HelpCalls.CountsAsync(Museum.Id, now - Incident.Lapse, Cancel)).Open);

        var overdue = await Store.Incidents.OverdueAsync(
            now.AddDays(-1),
            now.AddMinutes(-5),
            now.AddDays(-1),
            10,
            Cancel
        );
        Assert.Equal(rows.Select(row => row.Id).Order(), overdue.Select(press => press.PressId).Order());
        Assert.All(overdue, press => Assert.Equal(Arrived, press.OpenSince));
        Assert.Equal(3, (await Store.Incidents.WatchAsync(now - Incident.Lapse, Cancel)).Single().Emergencies);
        await AssertBalancedAsync(1, 1, 2);
    }

    [Fact]
    public async Task A_call_that_waited_in_a_backlog_is_late_and_keeps_its_own_time()
    {
        await LoadAsync(prompt: false, Emergency(AtNoonOf(2015), 1), Emergency("1970-01-01T12:00:00+00:00", 2));

        var rows = await Store.HelpCalls.ListAsync(new HelpFilter(Museum.Id, 10), Cancel);
        // No press is from before there were kiosks, however late it arrives.
        Assert.Equal([(1970, true), (2015, false)], rows.Select(row => (row.At!.Value.Year, row.ClockWrong)));
        Assert.Equal(2015, rows[1].When.Year);
    }

    [Fact]
    public async Task A_call_within_the_tolerance_keeps_its_own_time()
    {
        var at = Arrived.AddMinutes(-9);
        await LoadAsync(prompt: true, $$"""{"at": "{{at:O}}", "site": "99", "val": -1, "type": 1}""");

        var row = (await Store.HelpCalls.ListAsync(new HelpFilter(Museum.Id, 10), Cancel)).Single();
        Assert.Equal((false, at), (row.ClockWrong, row.When));
    }

    [Fact]
    public async Task A_call_that_is_replayed_keeps_its_arrival()
    {
        await LoadAsync(prompt: true, Emergency(AtNoonOf(2005), 1));
        var held = (await Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel)).Single();
        var run = await Store.Runs.StartAsync("quarantine replay", "", Cancel);

        await Store.Quarantine.ReplayAsync(
            run,
            [
                new KioskEvent(
                    held.SourceId,
                    held.Position,
                    held.ExhibitionId!.Value,
                    PressKind.Support,
                    2,
                    StoredInstants.MicrosecondsOf(held.At!.Value)
                ),
            ],
            [],
            Cancel
        );

        var row = (await Store.HelpCalls.ListAsync(new HelpFilter(Museum.Id, 10), Cancel)).Single();
        Assert.Equal((true, Arrived, null), (row.ClockWrong, row.When, row.Reason));
        await AssertBalancedAsync(0, 1, 0);
    }
}
