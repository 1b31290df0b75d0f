using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>The log that a source was read from, as the brokers hold it now.</summary>
/// <param name="Partition">Null: it cannot be read again.</param>
/// <param name="Block">The first offset of the source's ten digits.</param>
/// <param name="Why">Why it cannot be read again; null if it can.</param>
internal sealed record SourceLog(PartitionRow? Partition, OffsetRange Range, long Block, string? Why)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="clients">Null if no broker is configured.</param>
    /// <exception cref="Confluent.Kafka.KafkaException">The brokers do not answer, or refuse.</exception>
    public static async Task<SourceLog> FindAsync(
        KafkaClients? clients,
        SourceRow row,
        Func<Task<IReadOnlyList<PartitionRow>>> partitions
    )
    {
        if (clients is null)
            return Gone("no broker is configured (BOOTSTRAP_SERVERS)");
        var (number, generation, block) = SourcePlace.Parse(row.Name);
        var partition = (await partitions()).FirstOrDefault(p =>
            p.Partition == number
            && p.TopicId == row.Version
            && row.Location.EndsWith($"{p.Cluster}/{p.Topic}/{p.TopicId}", StringComparison.Ordinal)
        );
        if (partition is null)
            return Gone("its partition is not consumed any more");
        if (partition.Generation != generation)
            return Gone("the log it was read from was replaced");
        using var topics = new KafkaTopics(clients, Patience);
        var view = await topics.LookAsync([partition.Topic]);
        return
            view.Id == partition.Cluster
            && view.Topics.TryGetValue(partition.Topic, out var topic)
            && topic.Id == partition.TopicId
            && topic.Partitions.TryGetValue(partition.Partition, out var range)
            ? new(partition, range, block, null)
            : Gone("the brokers do not hold its topic now");

        static SourceLog Gone(string why) => new(null, default, 0, why);
    }
}
