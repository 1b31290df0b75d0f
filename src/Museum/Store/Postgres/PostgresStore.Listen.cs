using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Announcing calls for help by NOTIFY: sent in the transaction, heard when it is committed, by any process on
/// any machine.</summary>
public sealed partial class PostgresStore
{
    /// <summary>The channel's name; its payload is a <see cref="HelpPayload"/>.</summary>
    public const string HelpChannel = "museum_help";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    internal override Task AnnounceAsync(
        DbConnection connection,
        DbTransaction transaction,
        HelpAnnouncement announcement,
        CancellationToken cancel
    )
    {
        var payload = new HelpPayload(
            announcement.MuseumId,
            announcement.Support,
            announcement.Quarantine,
            announcement.Count
        );
        return ExecuteAsync(
            Command(
                connection,
                transaction,
                "select pg_notify(@channel, @payload)",
                ("channel", HelpChannel),
                ("payload", JsonSerializer.Serialize(payload, HelpPayloads.Default.HelpPayload))
            ),
            cancel
        );
    }

    public override async IAsyncEnumerable<HelpAnnouncement> ListenAsync(
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var heard = Channel.CreateUnbounded<HelpAnnouncement>(new UnboundedChannelOptions { SingleReader = true });
        var listening = Task.Run(() => ListenLongAsync(heard.Writer, cancel), CancellationToken.None);
        await foreach (var announcement in heard.Reader.ReadAllAsync(cancel))
            yield return announcement;
        await listening;
    }

    /// <summary>Reconnects for ever; what was announced in between is made good by an announcement that names
    /// nothing.</summary>
    private async Task ListenLongAsync(ChannelWriter<HelpAnnouncement> heard, CancellationToken cancel)
    {
        for (var first = true; !cancel.IsCancellationRequested; first = false)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancel);
                connection.Notification += (_, e) => heard.TryWrite(Read(e.Payload));
                await ExecuteAsync(Command(connection, null, $"listen {HelpChannel}"), cancel);
                if (!first)
                    heard.TryWrite(new HelpAnnouncement(0, [], [], 0));
                // A dead peer says nothing: ask it now and then.
                while (true)
                {
                    if (!await connection.WaitAsync(TimeSpan.FromSeconds(20), cancel))
                        await NumberAsync(Command(connection, null, "select 1"), cancel);
                }
            }
            catch (Exception e) when (IsDriverFault(e))
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

    private static HelpAnnouncement Read(string payload)
    {
        try
        {
            var read = JsonSerializer.Deserialize(payload, HelpPayloads.Default.HelpPayload)!;
            return new HelpAnnouncement(read.Museum, read.Support, read.Quarantine, read.Count);
        }
        catch (JsonException)
        {
            // Anybody with a login may notify; whatever it was, looking again does no harm.
            return new HelpAnnouncement(0, [], [], 0);
        }
    }
}

/// <summary><c>{"museum":1,"support":[120000000034],"quarantine":[],"count":1}</c>.</summary>
internal sealed record HelpPayload(int Museum, IReadOnlyList<long> Support, IReadOnlyList<long> Quarantine, long Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HelpPayload))]
internal sealed partial class HelpPayloads : JsonSerializerContext;
