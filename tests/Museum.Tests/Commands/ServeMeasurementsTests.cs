using MuseumPipeline.Commands.Serve;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Commands;

public sealed class ServeMeasurementsTests() : StoreContract(TestStore.SqliteAsync)
{
    /// <summary>A Tuesday in winter: the museum is open from 8:45 UTC on.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    // The last press, the current hour, the seconds of silence.
    [InlineData("2026-11-24T09:58:20Z", "2026-11-24T10:00:00Z", 100)]
    // Yesterday evening's does not count against this morning.
    [InlineData("2026-11-23T18:00:00Z", "2026-11-24T08:46:00Z", 60)]
    [InlineData(null, "2026-11-24T08:46:00Z", 60)]
    [InlineData("2026-11-24T17:00:00Z", "2026-11-24T18:15:00Z", 0)]
    [InlineData("2026-11-24T08:44:00Z", "2026-11-24T08:44:30Z", 0)]
    public async Task Silence_is_counted_while_the_museum_is_open(string? last, string now, long seconds) =>
        Assert.Equal(seconds, await SilenceAsync(ReceptionState.Quiet, last, now));

    [Fact]
    public async Task A_museum_with_only_history_is_never_silent_and_of_one_whose_database_is_away_nobody_knows()
    {
        Assert.Equal(0, await SilenceAsync(ReceptionState.History, null, "2026-11-24T10:00:00Z"));
        Assert.Null(await SilenceAsync(ReceptionState.DatabaseAway, null, "2026-11-24T10:00:00Z"));
    }

    [Fact]
    public async Task The_oldest_emergency_counts_until_somebody_is_on_the_way()
    {
        var presses = await LivePresses.BeginAsync(Database.Store);
        var press = long.Parse(
            await presses.EmergencyAsync(Now.AddMinutes(-20)),
            System.Globalization.CultureInfo.InvariantCulture
        );

        Assert.Equal(1200, await EmergencyAsync());
        await Database.Store.Incidents.ActAsync(press, new(IncidentMove.Acknowledge, "Ada", ""), Cancel);
        Assert.Equal(0, await EmergencyAsync());

        async Task<long> EmergencyAsync() =>
            (await ServeMeasurements.TakeAsync(Database.Store, [], Now, Cancel))
                .Single(of => of is { Event: "dashboard.emergency", Museum: "LMNH" })
                .Value;
    }

    private async Task<long?> SilenceAsync(ReceptionState state, string? last, string now)
    {
        await Database.Store.Maintenance.MigrateAsync(Cancel);
        var heard = new Reception("LMNH", state, true, null, last is null ? null : At(last), null);
        return (await ServeMeasurements.TakeAsync(Database.Store, [heard], At(now), Cancel))
            .SingleOrDefault(of => of.Event == "dashboard.silence")
            ?.Value;
    }

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
