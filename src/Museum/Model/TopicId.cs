using Confluent.Kafka;

namespace MuseumPipeline.Model;

/// <summary>A topic's id as Kafka's own tools write it: base64 for URLs, which has no slash and so may be part of a
/// location.</summary>
internal static class TopicId
{
    public static string Text(Uuid id) => id.ToString().Replace('+', '-').Replace('/', '_');
}
