using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Kafka;

/// <summary>The only place where Kafka clients are configured. Their handlers never throw: a handler that throws makes
/// the consumer drop the message it has just taken.</summary>
/// <param name="redactor">Removes the secrets from what the library logs.</param>
public sealed class KafkaClients(KafkaSettings settings, ILogger? log, Redactor redactor)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly List<Task> released = [];

    private const string ClientId = "museum";
    private const int MetadataRefreshMs = 10_000;

    // The library also waits half of this, at least 11 ms, between two connections that it opens: at each start two of
    // them come one after the other.
    private const int ReconnectBackoffMs = 20;
    private const int ReconnectBackoffMaxMs = 5_000;

    // The queue holds whole fetches, so these limits bound the memory of a consumer that is far behind.
    private const int QueuedKilobytes = 16_384;
    private const int QueuedMessages = 50_000;
    private const int FetchBytes = 8 << 20;
    private const int PartitionFetchBytes = 1 << 20;

    // The shortest timeout that brokers allow by default: after a kill the group, and the next consumer, wait this
    // long. A live consumer that is given up by mistake is fenced by the database: that costs a second, but no message.
    private const int SessionTimeoutMs = 6_000;
    private const int HeartbeatMs = 2_000;

    // A broker answers at once when there is a message, and otherwise holds the request this long.
    private const int FetchWaitMs = 100;
    private const int FetchErrorBackoffMs = 200;

    // How long a partition is not fetched once its queue is full. The library's default of a second starves a consumer
    // that empties the queue in a tenth of that: 130,000 messages/s instead of 800,000. With 0 its thread never rests.
    private const int FetchQueueBackoffMs = 10;

    // Nothing that nobody reads: each costs a call a message. Headers lead to the sender's trace; the time stamp says
    // when the broker received a message, where its type is LogAppendTime.
    private static string Fields => Tracing.IsOn ? "topic,timestamp,headers" : "topic,timestamp";

    // No client is closed while it waits for an answer, or its thread for something to do.
    private const int BriefWaitMs = 10;

    public KafkaSettings Settings => settings;

    /// <summary>For a run that ends soon: its clients wait for shorter times and are closed sooner, which for one that
    /// runs on would only be work.</summary>
    public bool IsBrief { get; init; }

    /// <summary>Settings that all clients share. Passed-through properties override them, except those that would break
    /// delivery (the settings refuse these).</summary>
    private T Common<T>(T config)
        where T : ClientConfig
    {
        config.BootstrapServers = settings.BootstrapServers;
        config.SecurityProtocol = settings.SecurityProtocol;
        if (settings.LogsIn)
        {
            config.SaslMechanism = settings.SaslMechanism;
            config.SaslUsername = settings.Username;
            config.SaslPassword = settings.Password?.Reveal();
        }
        config.ClientId = ClientId;
        config.SocketKeepaliveEnable = true;
        config.SocketNagleDisable = true;
        config.ReconnectBackoffMs = ReconnectBackoffMs;
        config.ReconnectBackoffMaxMs = ReconnectBackoffMaxMs;
        config.TopicMetadataRefreshIntervalMs = MetadataRefreshMs;
        config.StatisticsIntervalMs = 0;
        if (IsBrief)
            config.CancellationDelayMaxMs = BriefWaitMs;
        return config;
    }

    private T PassThrough<T>(T config)
        where T : ClientConfig
    {
        foreach (var (property, value) in settings.Extra)
            config.Set(property, value);
        return config;
    }

    public ConsumerConfig ConsumerConfig()
    {
        var config = Common(
            new ConsumerConfig
            {
                GroupId = settings.Group,
                GroupInstanceId = settings.StaticMember,
                // Only what was stored after the database's commit, in the background: for lag tools only, so that a
                // missing broker delays nothing.
                EnableAutoCommit = true,
                AutoCommitIntervalMs = 1000,
                EnableAutoOffsetStore = false,
                AutoOffsetReset = AutoOffsetReset.Error,
                CheckCrcs = true,
                IsolationLevel = IsolationLevel.ReadCommitted,
                EnablePartitionEof = true,
                AllowAutoCreateTopics = false,
                QueuedMaxMessagesKbytes = QueuedKilobytes,
                QueuedMinMessages = QueuedMessages,
                FetchMaxBytes = FetchBytes,
                MaxPartitionFetchBytes = PartitionFetchBytes,
                FetchWaitMaxMs = IsBrief ? BriefWaitMs : FetchWaitMs,
                FetchErrorBackoffMs = FetchErrorBackoffMs,
                FetchQueueBackoffMs = FetchQueueBackoffMs,
                ConsumeResultFields = Fields,
            }
        );
        // With KAFKA_GROUP_PROTOCOL=consumer the broker decides these, and the library refuses them.
        if (settings.Extra.GetValueOrDefault("group.protocol") != "consumer")
        {
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
            config.SessionTimeoutMs = SessionTimeoutMs;
            config.HeartbeatIntervalMs = HeartbeatMs;
        }

        return PassThrough(config);
    }

    /// <summary>A producer that neither loses nor doubles messages.</summary>
    public ProducerConfig ProducerConfig() =>
        PassThrough(
            Common(
                new ProducerConfig
                {
                    EnableIdempotence = true,
                    Acks = Acks.All,
                    LingerMs = 5,
                }
            )
        );

    public AdminClientConfig AdminConfig() => PassThrough(Common(new AdminClientConfig()));

    /// <summary>A builder for consumers of bytes (a failing deserialiser would lose the message) whose logs and errors
    /// go to the log; the caller adds the partition handlers and builds.</summary>
    /// <param name="onError">Also called for each error; must not throw, and runs while the consumer is polled.</param>
    /// <param name="named">False to join the group without the configured name.</param>
    public ConsumerBuilder<byte[]?, byte[]?> Consumer(Action<Error>? onError = null, bool named = true)
    {
        var config = ConsumerConfig();
        if (!named)
            config.GroupInstanceId = null;
        return WithTokens(
            new ConsumerBuilder<byte[]?, byte[]?>(config)
                .SetLogHandler((_, message) => Log(message))
                .SetErrorHandler((_, error) => Note(error, onError)),
            builder => builder.SetOAuthBearerTokenRefreshHandler(Refresh)
        );
    }

    /// <summary>Each property was checked by itself; together they may still be refused, which only a client that is
    /// built finds out.</summary>
    /// <exception cref="MuseumException">They do not fit each other.</exception>
    public void Check()
    {
        try
        {
            Release(Consumer().Build());
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            var keys = settings
                .Extra.Keys.Where(property => e.Message.Contains(property, StringComparison.Ordinal))
                .Select(property => $"KAFKA_{property.ToUpperInvariant().Replace('.', '_')}")
                .ToList();
            throw new MuseumException(
                ExitCode.Configuration,
                new Explanation(
                    $"the settings of Kafka do not fit each other: {redactor.Redact(e.Message).TrimEnd('.')}",
                    keys,
                    keys.Count > 0
                        ? $"correct {string.Join(" and ", keys)}, or remove it"
                        : "correct the KAFKA_ settings, or remove them"
                ),
                e
            );
        }
    }

    public IProducer<byte[]?, byte[]?> Producer(Action<Error>? onError = null) =>
        WithTokens(
                new ProducerBuilder<byte[]?, byte[]?>(ProducerConfig())
                    .SetLogHandler((_, message) => Log(message))
                    .SetErrorHandler((_, error) => Note(error, onError)),
                builder => builder.SetOAuthBearerTokenRefreshHandler(Refresh)
            )
            .Build();

    public IAdminClient Admin(Action<Error>? onError = null) =>
        WithTokens(
                new AdminClientBuilder(AdminConfig())
                    .SetLogHandler((_, message) => Log(message))
                    .SetErrorHandler((_, error) => Note(error, onError)),
                builder => builder.SetOAuthBearerTokenRefreshHandler(Refresh)
            )
            .Build();

    /// <summary>Closes a client in the background: it takes the library up to a quarter of a second to end its
    /// threads, and nothing depends on it. Before the process ends, see <see cref="ReleasedAsync"/>.</summary>
    internal void Release(IDisposable client)
    {
        var closing = Task.Factory.StartNew(
            client.Dispose,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        lock (released)
        {
            released.RemoveAll(one => one.IsCompleted);
            released.Add(closing);
        }
    }

    /// <summary>Waits until the clients released so far are closed: a process should not end while the library's
    /// threads run. Not for ever: one whose brokers are away may take minutes.</summary>
    internal async Task ReleasedAsync()
    {
        Task[] closing;
        lock (released)
            closing = [.. released];
        await Task.WhenAny(Task.WhenAll(closing), Task.Delay(Farewell));
    }

    private T WithTokens<T>(T builder, Func<T, T> refreshing) =>
        settings.Tokens is null ? builder : refreshing(builder);

    /// <summary>Asked by the library before the first connection, and again before a token ends.</summary>
    private void Refresh(IClient client, string _) =>
        Safely(() =>
        {
            try
            {
                var (token, ends) = settings.Tokens!.Kafka();
                client.OAuthBearerSetToken(token, ends.ToUnixTimeMilliseconds(), ClientId);
            }
            catch (Exception e) when (e is MuseumException or KafkaException)
            {
                log?.LogWarning("Kafka: no token to log in with: {Problem}", redactor.Redact(e.Message));
                client.OAuthBearerSetTokenFailure(redactor.Redact(e.Message));
            }
        });

    private void Log(LogMessage message) =>
        Safely(() =>
        {
            var level = message.Level switch
            {
                SyslogLevel.Emergency
                or SyslogLevel.Alert
                or SyslogLevel.Critical
                or SyslogLevel.Error
                or SyslogLevel.Warning => LogLevel.Warning,
                _ => LogLevel.Debug,
            };
            // Not logged: every lost connection is reported here, and again as an error below; properties of consumers
            // are passed to all clients; and while the broker is away, each second, that our position could not be
            // reported.
            if (message.Facility is "FAIL" or "ERROR" or "CONFWARN" or "COMMITFAIL")
                level = LogLevel.Debug;
            log?.Log(level, "Kafka: {Facility}: {Message}", message.Facility, redactor.Redact(message.Message));
        });

    private void Note(Error error, Action<Error>? onError)
    {
        Safely(() =>
            log?.Log(
                error.IsFatal ? LogLevel.Warning : LogLevel.Debug,
                "Kafka: {Code}: {Reason}",
                error.Code,
                redactor.Redact(error.Reason)
            )
        );
        if (onError is not null)
            Safely(() => onError(error));
    }

    private static void Safely(Action act)
    {
#pragma warning disable CA1031 // A failed log line must not cost the message.
        try
        {
            act();
        }
        catch (Exception)
        {
            // The log itself failed, so this cannot be reported.
        }
#pragma warning restore CA1031
    }
}
