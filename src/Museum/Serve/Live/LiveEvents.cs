using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Live;

/// <summary>Events as they go over the line. Each is written once, however many listen.</summary>
internal sealed class LiveEvents(IOptions<JsonOptions> json)
{
    private long number;

    public byte[] Snapshot(IReadOnlyList<HelpPress> presses, long open, DateTimeOffset serverTime) =>
        Event("snapshot", Json(new LiveSnapshot(presses, open, serverTime)));

    /// <summary>The same as a snapshot, in the middle of a stream.</summary>
    public byte[] Many(IReadOnlyList<HelpPress> presses, long open, DateTimeOffset serverTime) =>
        Event("many", Json(new LiveSnapshot(presses, open, serverTime)));

    public byte[] Press(byte[] press) => Event("press", press);

    public byte[] Changed(DateTimeOffset? asOf) => Event("changed", Json(new LiveChanged(asOf)));

    public byte[] Heartbeat(DateTimeOffset serverTime, DateTimeOffset? asOf) =>
        Event("heartbeat", Json(new LiveHeartbeat(serverTime, asOf)));

    public byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, json.Value.SerializerOptions);

    // JSON holds no line break of its own.
    private byte[] Event(string name, byte[] data) =>
        [
            .. Encoding.UTF8.GetBytes(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"id: {Interlocked.Increment(ref number)}\nevent: {name}\ndata: "
                )
            ),
            .. data,
            (byte)'\n',
            (byte)'\n',
        ];
}

/// <summary>What a page begins with, after a reconnect too: whatever it missed is in it.</summary>
internal sealed record LiveSnapshot(IReadOnlyList<HelpPress> Presses, long Open, DateTimeOffset ServerTime);

/// <summary>Numbers moved; to be fetched at leisure.</summary>
internal sealed record LiveChanged(DateTimeOffset? AsOf);

/// <summary>Nothing happened, but the line stands.</summary>
internal sealed record LiveHeartbeat(DateTimeOffset ServerTime, DateTimeOffset? AsOf);
