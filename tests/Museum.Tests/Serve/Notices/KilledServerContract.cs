using System.Diagnostics;
using System.Globalization;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Notices;

public sealed class SqliteKilledServerTests() : KilledServerContract(TestStore.SqliteAsync);

public sealed class PostgresKilledServerTests(PostgresServer server)
    : KilledServerContract(() => TestStore.PostgresAsync(server));

/// <summary>A real <c>museum serve</c> that is killed while it tells somebody, and started again.</summary>
public abstract class KilledServerContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly MuseumProcess museum = new();
    private Receiver slack = null!,
        pager = null!;

    protected override async ValueTask BeginAsync()
    {
        slack = await Receiver.StartAsync(Receiver.Slack);
        pager = await Receiver.StartAsync(Receiver.PagerDuty, accepted: 202);
        var settings = museum.Environment;
        settings["MUSEUM_SLACK"] = slack.Address;
        settings["MUSEUM_PAGERDUTY"] = "0123456789abcdef0123456789abcdef";
        settings["MUSEUM_PAGERDUTY_URL"] = pager.Address;
        settings["MUSEUM_LISTEN"] = $"127.0.0.1:{FreePorts.One()}";
        if (Database is SqliteTestStore embedded)
            settings["MUSEUM_DATABASE"] = embedded.File;
        else
        {
            var to = ((PostgresTestStore)Database).Connection;
            settings["LOCAL_HOST"] = to.Host!;
            settings["LOCAL_PORT"] = to.Port.ToString(CultureInfo.InvariantCulture);
            settings["LOCAL_DB"] = to.Database!;
            settings["LOCAL_USERNAME"] = to.Username!;
            settings["LOCAL_PASSWORD"] = to.Password!;
        }
    }

    protected override async ValueTask EndAsync()
    {
        museum.Dispose();
        await slack.DisposeAsync();
        await pager.DisposeAsync();
    }

    /// <summary>What a receiver has not read when the server dies it gets once. What it took, and could not say so, it
    /// gets again: under the same key, by which PagerDuty makes one incident of both.</summary>
    [Fact]
    public async Task What_was_on_its_way_is_told_again_by_the_next_server_and_by_none_after_it()
    {
        var presses = await LivePresses.BeginAsync(Database.Store);
        foreach (var channel in (string[])["slack", "pagerduty"])
        {
            var added = await museum.RunAsync("notify", "add", channel, "--channel", channel, "--of", "emergency");
            Assert.True(added.ExitCode == 0, added.Error);
        }

        (slack.Deaf, pager.Mute) = (true, true);
        using (var server = museum.Start("serve"))
        {
            await presses.EmergencyAsync(TimeProvider.System.GetUtcNow());
            await slack.ReachedAsync(Cancel);
            await pager.ReachedAsync(Cancel);
            await KillAsync(server);
        }

        Assert.Empty(slack.Taken);
        Assert.Single(pager.Taken);
        (slack.Deaf, pager.Mute) = (false, false);
        using (var server = museum.Start("serve"))
        {
            // A minute after the attempt that died with its server.
            await slack.ReachedAsync(Cancel);
            await pager.ReachedAsync(Cancel);
            await UntilDeliveredAsync();
            await KillAsync(server);
        }

        using (var server = museum.Start("serve"))
        {
            // More than two looks for what is due.
            await Task.Delay(TimeSpan.FromSeconds(12), Cancel);
            await KillAsync(server);
        }

        Assert.Empty(slack.Refused);
        Assert.Single(slack.Taken);
        Assert.Equal(2, pager.Taken.Count);
        Assert.Single(pager.Taken.Select(alert => alert.GetProperty("dedup_key").GetString()).Distinct());
        Assert.Equal(
            ["pagerduty|2", "slack|2"],
            await Database.QueryAsync("select recipient, attempts from notice order by recipient")
        );
    }

    private async Task UntilDeliveredAsync()
    {
        for (var tries = 0; await Database.NumberAsync("select count(*) from notice where delivered_at is null") > 0; )
        {
            Assert.True(++tries < 300, "nothing says that it was delivered");
            await Task.Delay(100, Cancel);
        }
    }

    private static async Task KillAsync(Process server)
    {
        Assert.False(server.HasExited, "the server ended by itself");
        server.Kill();
        await MuseumProcess.FinishAsync(server);
    }
}
