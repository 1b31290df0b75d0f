using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Live;

/// <summary>The bytes of events. Each is serialised once, however many pages receive it.</summary>
internal sealed class LiveEvents(IOptions<JsonOptions> json)
{
    private long number;

    public byte[] Snapshot(LiveSnapshot snapshot) => Event("snapshot", Json(snapshot));

    /// <summary>The same as a snapshot, in the middle of a stream.</summary>
    public byte[] Many(LiveSnapshot picture) => Event("many", Json(picture));

    public byte[] Press(byte[] press) => Event("press", press);

    public byte[] Changed(string museum, DateTimeOffset? asOf) => Event("changed", Json(new LiveChanged(asOf, museum)));

    public byte[] Heartbeat(LiveHeartbeat heartbeat) => Event("heartbeat", Json(heartbeat));

    public byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, json.Value.SerializerOptions);

    // JSON contains no line break.
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

/// <summary>Sent first, also after a reconnect: it includes everything that was missed.</summary>
/// <param name="Reception">Whether presses arrive; null until known, and in the middle of a stream.</param>
internal sealed record LiveSnapshot(
    IReadOnlyList<HelpPress> Presses,
    long Open,
    DateTimeOffset ServerTime,
    string Museum,
    DateTimeOffset? AsOf,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Reception? Reception = null
);

/// <summary>Numbers changed; to be fetched when convenient.</summary>
internal sealed record LiveChanged(DateTimeOffset? AsOf, string Museum);

/// <summary>Nothing happened, but the connection works; and whether presses arrive.</summary>
internal sealed record LiveHeartbeat(
    DateTimeOffset ServerTime,
    DateTimeOffset? AsOf,
    string Museum,
    Reception? Reception
);
