using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Simulate;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Simulate;

/// <summary>The demo's staff, over a database that may hold real calls too.</summary>
public sealed class StaffTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Now);
    private readonly TestStore database = TestStore.Sqlite();
    private MuseumStore store = null!;
    private LivePresses presses = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = database.Another(clock);
        presses = await LivePresses.BeginAsync(store);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Every_call_is_answered_within_a_minute_and_an_emergency_before_it_escalates()
    {
        var staff = new Staff(store, new StreamIdentity(1, "cluster-1", "lmnh", "topic-1"), clock);
        await presses.EmergencyAsync(Now);
        for (var call = 0; call < 20; call++)
            await presses.AssistanceAsync(Now);
        await staff.AnswerAsync(Cancel);
        Assert.Equal(21, await OpenAsync());
        clock.Advance(TimeSpan.FromSeconds(30));
        await staff.AnswerAsync(Cancel);
        Assert.InRange(await OpenAsync(), 5, 20);
        clock.Advance(TimeSpan.FromSeconds(14));
        await staff.AnswerAsync(Cancel);
        Assert.Single(
            await store.Incidents.OverdueAsync(Now.AddDays(-1), clock.GetUtcNow(), Now.AddDays(-1), 10, Cancel)
        );
        clock.Advance(TimeSpan.FromSeconds(17));
        await staff.AnswerAsync(Cancel);
        Assert.InRange(await OpenAsync(), 0, 1);
        clock.Advance(TimeSpan.FromMinutes(2));
        await staff.AnswerAsync(Cancel);
        Assert.Equal(0, await OpenAsync());
    }

    [Fact]
    public async Task A_call_of_another_stream_is_nobodys_to_answer()
    {
        await presses.AssistanceAsync(Now);
        clock.Advance(TimeSpan.FromHours(1));
        await new Staff(store, new StreamIdentity(1, "cluster-1", "lmnh", "topic-2"), clock).AnswerAsync(Cancel);
        await new Staff(store, new StreamIdentity(1, "cluster-2", "lmnh", "topic-1"), clock).AnswerAsync(Cancel);
        Assert.Equal(1, await OpenAsync());
    }

    [Fact]
    public async Task The_last_round_leaves_nobody_waiting()
    {
        await presses.EmergencyAsync(Now);
        await presses.AssistanceAsync(Now);
        await new Staff(store, new StreamIdentity(1, "cluster-1", "lmnh", "topic-1"), clock).LastRoundAsync(Cancel);
        Assert.Equal(0, await OpenAsync());
    }

    private async Task<long> OpenAsync() => (await store.HelpCalls.CountsAsync(1, Now.AddDays(-1), Cancel)).Open;
}
