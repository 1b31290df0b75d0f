using Confluent.Kafka;

namespace MuseumPipeline.Source.Kafka;

/// <summary>Which cluster the brokers are.</summary>
internal static class ClusterIdentity
{
    /// <summary>What a broker is that answers and names none, not even itself.</summary>
    public const string Nameless =
        "it answers, but knows of no broker that works: it is starting, or it cannot reach its controller";

    /// <summary>From the client's own view of the cluster, made a moment ago. <c>DescribeCluster</c> would ask for the
    /// same; but a broker that is starting answers it without a broker, which librdkafka 2.16 takes for impossible: it
    /// ends the process (the assertion in <c>rd_kafka_admin_response_parse</c>).</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse, or there is none that works.</exception>
    public static Task<string> AskAsync(IAdminClient admin, TimeSpan patience) =>
        Task.Run(() =>
        {
            Brokers(admin, patience);
            return Of(admin, patience);
        });

    /// <summary>The same, of a client that has just been told of its brokers.</summary>
    /// <exception cref="KafkaException">They do not name their cluster.</exception>
    public static string Of(IAdminClient admin, TimeSpan patience) =>
        admin.ClusterId(patience)
        ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "it does not name its cluster"));

    /// <summary>The brokers as they advertise themselves, at least one.</summary>
    /// <exception cref="KafkaException">They do not answer, or refuse, or there is none that works: then its code is
    /// <see cref="ErrorCode.Local_Partial"/>.</exception>
    public static Metadata Brokers(IAdminClient admin, TimeSpan patience)
    {
        try
        {
            var metadata = admin.GetMetadata(patience);
            if (metadata.Brokers.Count > 0)
                return metadata;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_Partial)
        {
            // Neither a broker nor a topic.
        }

        throw new KafkaException(new Error(ErrorCode.Local_Partial, Nameless));
    }
}
