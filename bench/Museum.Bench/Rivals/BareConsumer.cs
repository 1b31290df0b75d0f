using System.CommandLine;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Bench.Rivals;

/// <summary>The least that Confluent.Kafka can do with messages: take each one, and throw it away.</summary>
internal static class BareConsumer
{
    public const string Verb = "bare-consumer";

    private static readonly Argument<string> Brokers = new("BROKERS");
    private static readonly Argument<string> Topic = new("TOPIC");
    private static readonly Argument<long> Messages = new("MESSAGES");
    private static readonly Option<bool> Defaults = new("--defaults")
    {
        Description = "Fetch as the library does by default.",
    };

    public static Command Create()
    {
        var command = new Command(Verb, "Messages by Confluent.Kafka, thrown away.")
        {
            Brokers,
            Topic,
            Messages,
            Defaults,
        };
        command.Hidden = true;
        command.SetAction(parsed => Run(Config(parsed), parsed.GetRequiredValue(Topic), parsed.GetValue(Messages)));
        return command;
    }

    private static ConsumerConfig Config(ParseResult parsed)
    {
        var (brokers, group) = (parsed.GetRequiredValue(Brokers), $"museum-bench-{Guid.NewGuid():N}");
        // The same settings as museum's own consumer; only that without positions in a database the broker's are asked.
        var config = parsed.GetValue(Defaults)
            ? new ConsumerConfig
            {
                BootstrapServers = brokers,
                GroupId = group,
                EnableAutoCommit = false,
                EnableAutoOffsetStore = false,
                CheckCrcs = true,
            }
            : new KafkaClients(KafkaSettings.Plain(brokers, group), null, Redactor.None).ConsumerConfig();
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        return config;
    }

    private static void Run(ConsumerConfig config, string topic, long messages)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).Build();
        consumer.Subscribe(topic);
        for (var seen = 0L; seen < messages; )
        {
            if (consumer.Consume(1000) is { IsPartitionEOF: false })
                seen++;
        }

        consumer.Close();
    }
}
