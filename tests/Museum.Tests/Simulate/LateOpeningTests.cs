using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Model;
using MuseumPipeline.Simulate;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Simulate;

/// <summary>The demo's museum at any hour.</summary>
public sealed class LateOpeningTests : IAsyncLifetime
{
    private readonly TestStore database = TestStore.Sqlite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.Store.Maintenance.MigrateAsync(Cancel);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData("2026-11-24T12:00Z", "08:45", "18:15", false)]
    [InlineData("2026-11-24T19:45Z", "08:45", "23:59", true)]
    [InlineData("2026-11-24T02:30Z", "00:00", "18:15", true)]
    [InlineData("2026-06-15T23:30Z", "00:00", "18:15", true)] // London's summer: half past midnight.
    public async Task It_is_open_now_and_has_its_own_hours_afterwards(
        string now,
        string opens,
        string closes,
        bool needed
    )
    {
        var clock = At(now);
        await using (
            var opening = await LateOpening.BeginAsync(database.Store.Museums, await MuseumAsync(), clock, Cancel)
        )
        {
            Assert.Equal(needed, opening.IsNeeded);
            Assert.Equal(
                (
                    TimeOnly.Parse(opens, CultureInfo.InvariantCulture),
                    TimeOnly.Parse(closes, CultureInfo.InvariantCulture)
                ),
                Hours(await MuseumAsync())
            );
            Assert.Equal(await MuseumAsync(), opening.Museum);
            Assert.Equal(
                clock.GetUtcNow(),
                new LiveClock(opening.Hours, clock).Next() - opening.Hours.Zone.GetUtcOffset(clock.GetUtcNow())
            );
        }

        Assert.Equal((new(8, 45), new(18, 15)), Hours(await MuseumAsync()));
    }

    [Fact]
    public async Task Hours_that_were_changed_meanwhile_stay()
    {
        await using (
            await LateOpening.BeginAsync(database.Store.Museums, await MuseumAsync(), At("2026-11-24T19:45Z"), Cancel)
        )
            await database.Store.Museums.ChangeAsync("LMNH", facts => facts with { Closes = new(22, 0) }, Cancel);
        Assert.Equal((new(8, 45), new(22, 0)), Hours(await MuseumAsync()));
    }

    [Theory]
    [InlineData("2026-11-24T19:45:10Z")]
    [InlineData("2026-11-24T02:30:10Z")]
    public async Task Presses_at_night_are_still_out_of_hours(string now)
    {
        var clock = At(now);
        await using var opening = await LateOpening.BeginAsync(
            database.Store.Museums,
            await MuseumAsync(),
            clock,
            Cancel
        );
        var stream = new KioskStream(
            1,
            1,
            false,
            new LiveClock(opening.Hours, clock),
            opening.Hours,
            clock.GetUtcNow()
        );
        var night = 0;
        for (var n = 0; n < 500; n++)
        {
            stream.Next();
            if (stream.Refused is not Reason.OutOfHours)
                continue;
            night++;
            var at = DateTimeOffset.Parse(
                System.Text.Encoding.UTF8.GetString(stream.Value).Split('"')[3],
                CultureInfo.InvariantCulture
            );
            Assert.False(opening.Hours.Contain(at.DateTime), $"{at:O}");
            Assert.True(at < clock.GetUtcNow());
        }

        Assert.True(night > 5);
    }

    private static FakeTimeProvider At(string time) => new(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));

    private async Task<Museum> MuseumAsync() => (await database.Store.Museums.ListAsync(Cancel))[0];

    private static (TimeOnly, TimeOnly) Hours(Museum museum) => (museum.Opens, museum.Closes);
}
