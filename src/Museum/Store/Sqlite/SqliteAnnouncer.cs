using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Calls;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>Announces calls for help: at once within this process; writes of other processes are noticed by the file's
/// version.</summary>
internal sealed class SqliteAnnouncer(SqlDatabase database) : IAnnouncer
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<Channel<HelpAnnouncement>, bool> listeners = new();

    /// <summary>Other processes see only the file's version.</summary>
    public Task AnnounceAsync(SqlSession session, HelpAnnouncement announcement) => Task.CompletedTask;

    public void Announced(HelpAnnouncement announcement)
    {
        foreach (var listener in listeners.Keys)
            listener.Writer.TryWrite(announcement);
    }

    public async IAsyncEnumerable<HelpAnnouncement> ListenAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var heard = Channel.CreateUnbounded<HelpAnnouncement>(new UnboundedChannelOptions { SingleReader = true });
        listeners[heard] = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = Task.Run(() => WatchFileAsync(heard.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var announcement in heard.Reader.ReadAllAsync(cancel))
                yield return announcement;
        }
        finally
        {
            listeners.TryRemove(heard, out _);
            await stop.CancelAsync();
            await watching;
        }
    }

    private async Task WatchFileAsync(ChannelWriter<HelpAnnouncement> heard, CancellationToken cancel)
    {
        long? version = null;
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            var session = new SqlSession(database, connection, null, cancel);
            while (true)
            {
                var now = await session.NumberAsync("pragma data_version");
                if (version is not null && now != version)
                    heard.TryWrite(HelpAnnouncement.LookAgain);
                version = now;
                await Task.Delay(BetweenLooks, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
        catch (SqliteException e)
        {
            heard.TryComplete(database.Translate(e));
        }
    }
}
