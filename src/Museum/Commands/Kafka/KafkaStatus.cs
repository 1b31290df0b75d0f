using Confluent.Kafka;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Kafka;

/// <summary>The state of all partitions: positions and owners from the database; ends from the brokers if they answer,
/// else as a consumer last saw them.</summary>
/// <param name="Brokers">Who was asked; null if none are configured.</param>
/// <param name="Unanswered">Why the ends are not the brokers' own; null if they are.</param>
/// <param name="Actions">The last operator actions, newest first.</param>
internal sealed record KafkaStatus(
    string? Brokers,
    string? Unanswered,
    IReadOnlyList<PartitionStatus> Partitions,
    IReadOnlyList<OperatorAction> Actions
)
{
    private const int MostActions = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Every partition makes progress or has nothing to do; and the brokers answer, if any are
    /// configured.</summary>
    public bool Healthy => Partitions.All(p => p.Healthy) && (Brokers is null || Unanswered is null);

    /// <summary>Over the partitions whose end is known.</summary>
    public long Lag => Partitions.Sum(p => p.Lag ?? 0);

    public static async Task<KafkaStatus> ReadAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var rows = (await store.Partitions.ListAsync(null, null, cancel)).Where(row => !row.Retired).ToList();
        var museums = await MuseumsAsync(session, store, cancel);
        var (view, unanswered) = await AskAsync(
            session,
            [.. rows.Select(row => row.Topic).Concat(museums.Keys).Distinct()],
            cancel
        );
        var actions = await store.OperatorLog.ListAsync(MostActions, cancel);
        var now = session.Clock.GetUtcNow();
        return new(
            session.Settings.Kafka?.Describe,
            unanswered,
            [
                .. rows.Select(row => PartitionStatus.Of(row, view, now))
                    .Concat(view is null ? [] : PartitionStatus.Unclaimed(view, rows, museums, now))
                    .OrderBy(status => status.Row.Cluster, StringComparer.Ordinal)
                    .ThenBy(status => status.Row.Topic, StringComparer.Ordinal)
                    .ThenBy(status => status.Row.Partition),
            ],
            actions
        );
    }

    /// <summary>The topics that are to be consumed, and whose they are.</summary>
    private static async Task<Dictionary<string, int>> MuseumsAsync(
        Session session,
        MuseumStore store,
        CancellationToken cancel
    )
    {
        var museums = await store.Museums.ListAsync(cancel);
        return session.Settings.Kafka is { } kafka
            ? TopicOwners.Of(museums, kafka.Topics).ToDictionary(museum => museum.Topic, museum => museum.Id)
            : [];
    }

    private static async Task<(ClusterView? View, string? Unanswered)> AskAsync(
        Session session,
        IReadOnlyCollection<string> topics,
        CancellationToken cancel
    )
    {
        if (session.Settings.Kafka is not { } kafka)
            return (null, "BOOTSTRAP_SERVERS is not set");
        try
        {
            return (await LookAsync().WaitAsync(Patience, session.Clock, cancel), null);
        }
        catch (Exception e) when (e is KafkaException or TimeoutException)
        {
            var why = e is KafkaException { Error: { Code: not ErrorCode.Local_TimedOut } error }
                ? error.Reason
                : "no answer within 5 s";
            return (null, $"{kafka.Describe}: {session.Settings.Redactor.Redact(why)}");
        }

        async Task<ClusterView> LookAsync()
        {
            using var brokers = new KafkaTopics(
                new KafkaClients(kafka, session.Log, session.Settings.Redactor),
                Patience
            );
            return await brokers.LookAsync(topics);
        }
    }
}

internal sealed record KafkaStatusJson(
    string Command,
    string Target,
    bool Healthy,
    string? Brokers,
    string? Unanswered,
    long Lag,
    IReadOnlyList<PartitionStatusJson> Partitions,
    IReadOnlyList<OperatorActionJson> Actions
)
{
    public static KafkaStatusJson Of(MuseumStore store, KafkaStatus status) =>
        new(
            "kafka status",
            store.Target,
            status.Healthy,
            status.Brokers,
            status.Unanswered,
            status.Lag,
            [.. status.Partitions.Select(PartitionStatusJson.Of)],
            [.. status.Actions.Select(a => new OperatorActionJson(a.At, a.Who, a.Command, a.Target, a.Detail))]
        );
}

internal sealed record PartitionStatusJson(
    string Cluster,
    string Topic,
    string TopicId,
    int Partition,
    int MuseumId,
    string State,
    bool Healthy,
    string? Problem,
    string? Remark,
    long StartOffset,
    long NextOffset,
    long? EndOffset,
    bool EndIsNow,
    long? Lag,
    string? Owner,
    DateTimeOffset? SeenAt,
    double? SilentSeconds,
    DateTimeOffset UpdatedAt
)
{
    public static PartitionStatusJson Of(PartitionStatus p) =>
        new(
            p.Row.Cluster,
            p.Row.Topic,
            p.Row.TopicId,
            p.Row.Partition,
            p.Row.MuseumId,
            p.State,
            p.Healthy,
            p.Row.Problem,
            p.Remark,
            p.Row.StartOffset,
            p.Row.NextOffset,
            p.End,
            p.EndIsNow,
            p.Lag,
            p.Row.Owner,
            p.Row.SeenAt,
            p.Silence is { } s ? Math.Round(s.TotalSeconds, 1) : null,
            p.Row.UpdatedAt
        );
}

internal sealed record OperatorActionJson(DateTimeOffset At, string Who, string Command, string Target, string Detail);
