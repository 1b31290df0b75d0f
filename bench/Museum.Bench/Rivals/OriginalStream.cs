using System.CommandLine;
using Confluent.Kafka;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using Npgsql;

namespace MuseumPipeline.Bench.Rivals;

/// <summary>How the first pipeline stored its stream: one message, one INSERT, one COMMIT, and then the next.</summary>
internal static class OriginalStream
{
    public const string Verb = "original-stream";

    private static readonly Argument<string> Brokers = new("BROKERS");
    private static readonly Argument<string> Topic = new("TOPIC");
    private static readonly Argument<string> Connection = new("CONNECTION");
    private static readonly Argument<long> Messages = new("MESSAGES");

    public static Command Create()
    {
        var command = new Command(Verb, "The original's way of storing a stream.")
        {
            Brokers,
            Topic,
            Connection,
            Messages,
        };
        command.Hidden = true;
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    parsed.GetRequiredValue(Brokers),
                    parsed.GetRequiredValue(Topic),
                    parsed.GetRequiredValue(Connection),
                    parsed.GetValue(Messages),
                    cancel
                )
        );
        return command;
    }

    private static async Task RunAsync(
        string brokers,
        string topic,
        string connectionString,
        long messages,
        CancellationToken cancel
    )
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = $"museum-bench-{Guid.NewGuid():N}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        };
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).Build();
        consumer.Subscribe(topic);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        var (readings, cleaner) = (
            new JsonReadings(),
            new Cleaner(Vocabulary(), CleaningRules.Stream, TimeProvider.System)
        );
        for (var seen = 0L; seen < messages; )
        {
            if (consumer.Consume(1000) is not { } result)
                continue;
            seen++;
            if (
                readings.Read(result.Message.Value, out var reading, out _) is not null
                || cleaner.CleanData(reading, 1, result.Offset, out var press) is not null
            )
                continue;
            // By itself a statement is a transaction: one round trip, where psycopg's begin, insert and commit are
            // three.
            await using var insert = Insert(connection, press);
            await insert.ExecuteNonQueryAsync(cancel);
        }

        consumer.Close();
    }

    private static NpgsqlCommand Insert(NpgsqlConnection connection, in KioskEvent press) =>
        new(
            press.Kind is PressKind.Rating
                ? "insert into original.rating_instance (exhibition_id, rating_type_id, rating_created_at) values "
                    + "($1, $2, $3)"
                : "insert into original.support_instance (exhibition_id, support_type_id, instance_created_at) "
                    + "values ($1, $2, $3)",
            connection
        )
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = press.ExhibitionId },
                new NpgsqlParameter<short> { TypedValue = press.TypeId },
                new NpgsqlParameter<DateTime> { TypedValue = DateTime.UnixEpoch.AddMicroseconds(press.At) },
            },
        };

    private static Vocabulary Vocabulary() =>
        new(
            new Model.Museum(
                1,
                "LMNH",
                "Liverpool Museum of Natural History",
                "lmnh",
                "lmnh",
                new(8, 45),
                new(18, 15),
                "Europe/London"
            ),
            [
                .. Enumerable
                    .Range(0, 6)
                    .Select(site => new Exhibition(site + 1, 1, $"EXH_0{site}", $"{site}", $"Exhibition {site}")),
            ],
            [.. Enumerable.Range(0, 5).Select(value => new PressType((short)(value + 1), value, ""))],
            [new(1, 0, "Assistance"), new(2, 1, "Emergency")]
        );
}
