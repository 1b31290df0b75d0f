using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Calls;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Announces calls for help by NOTIFY: sent in the transaction, received when it is committed, by any process
/// on any machine.</summary>
internal sealed class PostgresAnnouncer(PostgresConnections connections) : IAnnouncer
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>An echo that has not arrived by then counts as lost; while they are lost, listeners read again this
    /// often.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan BetweenEchoes = TimeSpan.FromSeconds(20);

    public Task AnnounceAsync(SqlSession session, HelpAnnouncement announcement)
    {
        var payload = new HelpPayload(
            announcement.MuseumId,
            announcement.Support,
            announcement.Quarantine,
            announcement.Count
        );
        return session.ExecuteAsync(
            "select pg_notify(@channel, @payload)",
            ("channel", connections.HelpChannel),
            ("payload", JsonSerializer.Serialize(payload, HelpPayloads.Default.HelpPayload))
        );
    }

    /// <summary>The database has notified every listener, including this process.</summary>
    public void Announced(HelpAnnouncement announcement) { }

    public async IAsyncEnumerable<HelpAnnouncement> ListenAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var heard = Channel.CreateUnbounded<HelpAnnouncement>(new UnboundedChannelOptions { SingleReader = true });
        var listening = Task.Run(() => ListenLongAsync(heard.Writer, cancel), CancellationToken.None);
        await foreach (var announcement in heard.Reader.ReadAllAsync(cancel))
            yield return announcement;
        await listening;
    }

    /// <summary>Reconnects for ever. What was missed in between is covered by an announcement that names nothing:
    /// listeners then read again.</summary>
    private async Task ListenLongAsync(ChannelWriter<HelpAnnouncement> heard, CancellationToken cancel)
    {
        for (var first = true; !cancel.IsCancellationRequested; first = false)
        {
            try
            {
                await using var connection = await connections.OpenAsync(cancel);
                await ListenAsync(connection, heard, first, cancel);
            }
            catch (Exception e) when (SqlDatabase.IsDriverFault(e))
            {
                await Task.Delay(Again, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        heard.TryComplete();
    }

    private async Task ListenAsync(
        NpgsqlConnection connection,
        ChannelWriter<HelpAnnouncement> heard,
        bool first,
        CancellationToken cancel
    )
    {
        var echo = $"museum_echo_{Guid.NewGuid():N}";
        var (echoed, deaf) = (false, false);
        connection.Notification += (_, e) =>
        {
            if (e.Channel == echo)
                echoed = true;
            else
                heard.TryWrite(Read(e.Payload));
        };
        await using var listen = new NpgsqlCommand($"listen {connections.HelpChannel}; listen {echo}", connection);
        await listen.ExecuteNonQueryAsync(cancel);
        if (!first)
            heard.TryWrite(HelpAnnouncement.LookAgain);
        while (true)
        {
            // A dead peer is silent, and a pooler between us and the server may lend our session to others: only a
            // notification sent over another connection proves that we listen.
            echoed = false;
            await EchoAsync(echo, cancel);
            var asked = Stopwatch.GetTimestamp();
            while (!echoed && Stopwatch.GetElapsedTime(asked) < Echo)
                await connection.WaitAsync(Again, cancel);
            if (!echoed || deaf)
                heard.TryWrite(echoed ? HelpAnnouncement.LookAgain : HelpAnnouncement.NotHeard);
            deaf = !echoed;
            if (deaf)
                continue;

            while (await connection.WaitAsync(BetweenEchoes, cancel)) { }
        }
    }

    private async Task EchoAsync(string channel, CancellationToken cancel)
    {
        await using var other = await connections.OpenAsync(cancel);
        await using var notify = new NpgsqlCommand($"notify {channel}", other);
        await notify.ExecuteNonQueryAsync(cancel);
    }

    private static HelpAnnouncement Read(string payload)
    {
        try
        {
            var read = JsonSerializer.Deserialize(payload, HelpPayloads.Default.HelpPayload)!;
            return new HelpAnnouncement(read.Museum, read.Support, read.Quarantine, read.Count);
        }
        catch (JsonException)
        {
            // Anybody with a login may notify; whatever it was, reading again does no harm.
            return HelpAnnouncement.LookAgain;
        }
    }
}

/// <summary><c>{"museum":1,"support":[120000000034],"quarantine":[],"count":1}</c>.</summary>
internal sealed record HelpPayload(int Museum, IReadOnlyList<long> Support, IReadOnlyList<long> Quarantine, long Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HelpPayload))]
internal sealed partial class HelpPayloads : JsonSerializerContext;
