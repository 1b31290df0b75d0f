using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Kafka;

/// <summary>The brokers' answers.</summary>
/// <param name="Missing">Topics that do not exist.</param>
internal sealed record KafkaView(
    string ClusterId,
    int Brokers,
    IReadOnlyList<KafkaTopic> Topics,
    IReadOnlyList<string> Missing
);

/// <param name="Id">Changes when a topic is deleted and created again.</param>
internal sealed record KafkaTopic(string Name, string Id, int Partitions);

/// <summary>Checks the brokers before anything is consumed: reachable, certificate verified, login accepted, topics and
/// group allowed. Within 15 seconds it returns a view, or throws one exception that names what is wrong.</summary>
internal static class KafkaProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan QuestionPatience = TimeSpan.FromSeconds(2);

    /// <param name="topics">Those that will be read.</param>
    /// <exception cref="MuseumException">The brokers refuse, or cannot be trusted: waiting would not help.</exception>
    /// <exception cref="TransientException">The brokers are unavailable.</exception>
    public static async Task<KafkaView> RunAsync(
        KafkaClients clients,
        IReadOnlyList<string> topics,
        CancellationToken cancel
    )
    {
        clients.Check();
        var errors = new KafkaErrors();
        var admin = clients.Admin(errors.Add);
        var unanswered = false;
        try
        {
            var metadata =
                await Task.Run(() => Ask(admin, clients.Settings, errors, cancel), cancel)
                ?? throw await KafkaRefusal.ExplainAsync(clients.Settings, errors.Seen, cancel);
            await CheckAddressesAsync(metadata, clients.Settings, cancel);
            var cluster = await ClusterIdAsync(admin, clients.Settings, cancel);
            var (found, missing) = await TopicsAsync(admin, clients.Settings, topics, cancel);
            await CheckGroupAsync(admin, clients.Settings, cancel);
            return new(cluster, metadata.Brokers.Count, found, missing);
        }
        catch (UnansweredException e)
        {
            unanswered = true;
            throw new TransientException($"{clients.Settings.Describe} does not answer questions now", e);
        }
        finally
        {
            if (!unanswered)
                clients.Release(admin);
        }
    }

    // The call blocks and must end before the client is disposed, so it is made in short attempts.
    private static Metadata? Ask(
        IAdminClient admin,
        KafkaSettings settings,
        KafkaErrors errors,
        CancellationToken cancel
    )
    {
        var started = Stopwatch.GetTimestamp();
        var nameless = false;
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            try
            {
                return ClusterIdentity.Brokers(admin, OneTry);
            }
            catch (KafkaException e)
            {
                nameless = e.Error.Code is ErrorCode.Local_Partial;
                // Even with all brokers reported down an answer may still come: of a name's two addresses, only one may
                // be served.
                if (errors.AllDownFor > Grace)
                    return null;
                cancel.WaitHandle.WaitOne(Pause);
                cancel.ThrowIfCancellationRequested();
            }
        }

        return nameless ? throw new TransientException($"{settings.Describe}: {ClusterIdentity.Nameless}") : null;
    }

    // The bootstrap server only says where the brokers are: from then on the addresses they advertise count.
    private static async Task CheckAddressesAsync(Metadata metadata, KafkaSettings settings, CancellationToken cancel)
    {
        var addresses = metadata.Brokers.Select(broker => $"{broker.Host}:{broker.Port}").Distinct().ToList();
        if (addresses.TrueForAll(settings.BootstrapServers.Split(',').Contains))
            return;
        if (Array.Exists(await Task.WhenAll(addresses.Select(a => KafkaListener.AnswersAsync(a, cancel))), yes => yes))
            return;
        throw new TransientException(
            $"Kafka at {settings.Describe} answers, but advertises its brokers at {string.Join(", ", addresses)}, "
                + "where nothing can be reached from here. If it stays so, correct advertised.listeners at the "
                + "brokers, or let this machine reach those addresses"
        );
    }

    private static async Task<string> ClusterIdAsync(
        IAdminClient admin,
        KafkaSettings settings,
        CancellationToken cancel
    )
    {
        try
        {
            return await Task.Run(() => ClusterIdentity.Of(admin, QuestionPatience), cancel)
                .WithinAsync(QuestionPatience, cancel);
        }
        catch (KafkaException e) when (e is not UnansweredException)
        {
            throw new TransientException(
                $"{settings.Describe} does not answer questions about itself now: {e.Error.Reason}",
                e
            );
        }
    }

    private static async Task<(IReadOnlyList<KafkaTopic> Found, IReadOnlyList<string> Missing)> TopicsAsync(
        IAdminClient admin,
        KafkaSettings settings,
        IReadOnlyList<string> names,
        CancellationToken cancel
    )
    {
        if (names.Count == 0)
            return ([], []);
        var described = await DescribeAsync(admin, settings, names, cancel);
        var forbidden = described
            .Where(t => t.Error.Code == ErrorCode.TopicAuthorizationFailed || !MayRead(t.AuthorizedOperations))
            .Select(t => t.Name)
            .ToList();
        if (forbidden.Count > 0)
        {
            throw KafkaRefusal.Of(
                settings,
                $"{KafkaRefusal.Who(settings)} may not read the topic {string.Join(", ", forbidden)}",
                "give that user the rights READ and DESCRIBE on it at the brokers (kafka-acls.sh --add "
                    + "--allow-principal User:… --operation Read --topic …), or correct TOPIC",
                ["TOPIC"]
            );
        }
        var strange = described.FirstOrDefault(t => t.Error.IsError && t.Error.Code != ErrorCode.UnknownTopicOrPart);
        if (strange is not null)
            throw new TransientException(
                $"the topic {strange.Name} at {settings.Describe} cannot be used now: {strange.Error.Reason}"
            );
        return (
            [
                .. described
                    .Where(t => !t.Error.IsError)
                    .Select(t => new KafkaTopic(t.Name, TopicId.Text(t.TopicId), t.Partitions.Count)),
            ],
            [.. described.Where(t => t.Error.IsError).Select(t => t.Name)]
        );
    }

    private static async Task<List<TopicDescription>> DescribeAsync(
        IAdminClient admin,
        KafkaSettings settings,
        IReadOnlyList<string> names,
        CancellationToken cancel
    )
    {
        try
        {
            var options = new DescribeTopicsOptions
            {
                RequestTimeout = QuestionPatience,
                IncludeAuthorizedOperations = true,
            };
            return (
                await admin
                    .DescribeTopicsAsync(TopicCollection.OfTopicNames(names), options)
                    .WithinAsync(QuestionPatience, cancel)
            ).TopicDescriptions;
        }
        catch (DescribeTopicsException e)
        {
            return e.Results.TopicDescriptions;
        }
        catch (KafkaException e) when (e is not UnansweredException)
        {
            throw new TransientException(
                $"{settings.Describe} does not answer questions about its topics now: {e.Error.Reason}",
                e
            );
        }
    }

    // A group whose coordinator is being chosen, or that does not exist yet, is not a fault: only a refusal is.
    private static async Task CheckGroupAsync(IAdminClient admin, KafkaSettings settings, CancellationToken cancel)
    {
        ConsumerGroupDescription? group;
        try
        {
            var options = new DescribeConsumerGroupsOptions
            {
                RequestTimeout = QuestionPatience,
                IncludeAuthorizedOperations = true,
            };
            group = (
                await admin.DescribeConsumerGroupsAsync([settings.Group], options).WithinAsync(QuestionPatience, cancel)
            ).ConsumerGroupDescriptions.FirstOrDefault();
        }
        catch (DescribeConsumerGroupsException e)
        {
            group = e.Results.ConsumerGroupDescriptions.FirstOrDefault();
        }
        catch (KafkaException e) when (e is not UnansweredException)
        {
            return;
        }
        if (
            group is not null
            && (
                group.Error.Code == ErrorCode.GroupAuthorizationFailed
                || (!group.Error.IsError && !MayRead(group.AuthorizedOperations))
            )
        )
        {
            throw KafkaRefusal.Of(
                settings,
                $"{KafkaRefusal.Who(settings)} may not use the group '{settings.Group}'",
                "give that user the right READ on it at the brokers (kafka-acls.sh --add --allow-principal User:… "
                    + "--operation Read --group …), or set GROUP to another one",
                ["GROUP"]
            );
        }
    }

    // A broker that does not allow it leaves the list out.
    private static bool MayRead(List<AclOperation>? operations) =>
        operations is null
        || operations.Count == 0
        || operations.Contains(AclOperation.Read)
        || operations.Contains(AclOperation.All);
}

/// <summary>Collects what the client library reports on its own threads.</summary>
internal sealed class KafkaErrors
{
    private const int Most = 100;

    private readonly Lock _one = new();
    private readonly List<Error> _seen = [];
    private long? _allDown;

    /// <summary>The time since all brokers were first reported down; zero if they were not.</summary>
    public TimeSpan AllDownFor
    {
        get
        {
            lock (_one)
                return _allDown is { } since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    public IReadOnlyList<Error> Seen
    {
        get
        {
            lock (_one)
                return [.. _seen];
        }
    }

    public void Add(Error error)
    {
        lock (_one)
        {
            if (_seen.Count < Most)
                _seen.Add(error);
            if (error.Code == ErrorCode.Local_AllBrokersDown)
                _allDown ??= Stopwatch.GetTimestamp();
        }
    }
}
