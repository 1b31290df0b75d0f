using System.Threading.Channels;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load.Streams;

public abstract partial class StreamContract
{
    /// <summary>What a listener receives, after it has received a first press of partition 9, so that nothing after
    /// that can be missed.</summary>
    private protected async Task<ChannelReader<HelpAnnouncement>> ListenAsync(
        MuseumStore store,
        CancellationToken until
    )
    {
        var heard = Channel.CreateUnbounded<HelpAnnouncement>();
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await foreach (var announcement in store.HelpCalls.ListenAsync(until))
                        heard.Writer.TryWrite(announcement);
                }
                catch (OperationCanceledException)
                {
                    // The test is over.
                }
                finally
                {
                    heard.Writer.TryComplete();
                }
            },
            CancellationToken.None
        );
        var marker = await ClaimAsync(9);
        var hears = heard.Reader.WaitToReadAsync(until).AsTask();
        do await LoadAsync(marker, Help(0));
        while (await Task.WhenAny(hears, Task.Delay(300, until)) != hears);
        return heard.Reader;
    }

    /// <summary>Ends the announcements with a press of its own, and returns all that came before it by name.</summary>
    private protected async Task<List<HelpAnnouncement>> HeardAsync(
        ChannelReader<HelpAnnouncement> listener,
        PartitionClaim last
    )
    {
        var id = EventId.Of(last.SourceId, last.NextOffset);
        await LoadAsync(last, Help(0));
        var heard = new List<HelpAnnouncement>();
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        soon.CancelAfter(Soon);
        while (true)
        {
            var announcement = await listener.ReadAsync(soon.Token);
            if (announcement.Support.Contains(id))
                return heard;
            // Without names it only says: look again.
            if (announcement.Count > 0)
                heard.Add(announcement);
        }
    }

    private async Task<int> SourceOfMarkersAsync() => (await RowAsync(9)).SourceId!.Value;

    [Fact]
    public async Task Calls_for_help_are_announced_when_they_are_committed_and_no_others()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var listener = await ListenAsync(Store, end.Token);
        var claim = await ClaimAsync();
        await LoadAsync(claim, Rating(0), Help(1), Broken, BadHelp(3), Help(4));
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        await using (var load = await Store.Partitions.BeginAsync([new PartitionMove(claim, 6, null, 1)], run, Cancel))
        {
            load.Write(new KioskEvent(claim.SourceId, 5, 1, PressKind.Support, 1, 0));
            await load.FlushAsync(Cancel);
        }

        await LoadAsync(claim, Rating(5), Rating(6));
        // Already there: announced once.
        await Store.Partitions.MoveAsync(Topic, 0, 0, new OperatorMove("ann", "kafka rewind", ""), Cancel);
        await LoadAsync(await ClaimAsync(), Rating(0), Help(1));

        var markers = await SourceOfMarkersAsync();
        var heard = (await HeardAsync(listener, await ClaimAsync(1))).FindAll(a =>
            a.Support.All(id => id / EventId.PositionsPerSource != markers)
        );
        await end.CancelAsync();

        var only = Assert.Single(heard);
        Assert.Equal((Museum.Id, 3L), (only.MuseumId, only.Count));
        Assert.Equal([EventId.Of(claim.SourceId, 1), EventId.Of(claim.SourceId, 4)], only.Support);
        Assert.Equal([EventId.Of(claim.SourceId, 3)], only.Quarantine);
    }

    [Fact]
    public async Task A_hundred_calls_are_named_and_more_are_counted()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var listener = await ListenAsync(Store, end.Token);
        var claim = await ClaimAsync();
        await LoadAsync(claim, [.. Enumerable.Range(0, 60).Select(Help), .. Enumerable.Range(0, 40).Select(BadHelp)]);
        await LoadAsync(claim, [.. Enumerable.Range(0, 60).Select(Help), .. Enumerable.Range(0, 41).Select(BadHelp)]);

        var markers = await SourceOfMarkersAsync();
        var heard = (await HeardAsync(listener, await ClaimAsync(1))).FindAll(a =>
            a.Support.All(id => id / EventId.PositionsPerSource != markers)
        );
        await end.CancelAsync();

        Assert.Equal([(60, 40, 100L), (0, 0, 101L)], heard.Select(a => (a.Support.Count, a.Quarantine.Count, a.Count)));
    }

    [Fact]
    public async Task Another_process_learns_of_them_too()
    {
        await using var other = Database.Another();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var listener = await ListenAsync(other, end.Token);
        var claim = await ClaimAsync();
        if (NamesAcrossProcesses)
        {
            await LoadAsync(claim, Help(0), Rating(1));
            var markers = await SourceOfMarkersAsync();
            var heard = (await HeardAsync(listener, await ClaimAsync(1))).FindAll(a =>
                a.Support.All(id => id / EventId.PositionsPerSource != markers)
            );
            Assert.Equal([EventId.Of(claim.SourceId, 0)], Assert.Single(heard).Support);
        }
        else
        {
            while (listener.TryRead(out _))
            {
                // What the markers were announced by.
            }

            await LoadAsync(claim, Help(0), Rating(1));
            var heard = await listener.ReadAsync(Cancel).AsTask().WaitAsync(Soon, Cancel);
            Assert.Equal((0, 0, 0L), (heard.Support.Count, heard.Quarantine.Count, heard.Count));
        }

        await end.CancelAsync();
    }
}
