using System.Diagnostics;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source;

/// <summary>One trace a batch of messages and one an object, for trace collectors. Costs nothing without one.</summary>
internal static class Tracing
{
    public const string Name = "museum";

    /// <summary>A batch has up to 65,536 messages, and no viewer shows a trace with so many links.</summary>
    public const int MostLinks = 128;

    private static readonly ActivitySource Source = new(Name);

    public static bool IsOn => Source.HasListeners();

    /// <summary>A batch of a topic from poll to commit, linked to the traces of its senders.</summary>
    public static Activity? Batch(string topic, int messages, IReadOnlyList<ActivityLink> links) =>
        Source
            .StartActivity(ActivityKind.Consumer, default(ActivityContext), [], links, default, "consume batch")
            ?.SetTag("messaging.system", "kafka")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.batch.message_count", messages);

    /// <summary>An object from its claim to its last commit.</summary>
    public static Activity? Object(string location, string key) =>
        Source
            .StartActivity(ActivityKind.Consumer, default(ActivityContext), [], [], default, "load object")
            ?.SetTag("museum.location", location)
            .SetTag("museum.object", KeyText.Show(key));

    /// <summary>The sender's trace in the message, by the W3C's Trace Context; null if there is none.</summary>
    public static ActivityLink? LinkOf(ReadOnlySpan<byte> traceparent) =>
        traceparent.Length is > 0 and <= 256
        && ActivityContext.TryParse(System.Text.Encoding.ASCII.GetString(traceparent), null, true, out var context)
            ? new(context)
            : null;
}
