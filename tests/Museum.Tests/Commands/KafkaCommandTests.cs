using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

/// <summary>An operator at a real broker, with a real consumer at work.</summary>
public sealed class KafkaCommandTests(KafkaServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly MuseumProcess _museum = new();
    private readonly int _port = FreePorts.One();
    private KafkaBroker _broker = null!;
    private string _topic = "";
    private Process? _consumer;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _broker = await server.BrokerAsync();
        _topic = await _broker.NewTopicAsync(2, "kafka-command");
        _museum.Environment["BOOTSTRAP_SERVERS"] = _broker.Plaintext;
        _museum.Environment["GROUP"] = _topic;
        _museum.Environment["MUSEUM_HEALTH"] = _port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(0, (await _museum.RunAsync("db", "migrate")).ExitCode);
        Assert.Equal(0, (await _museum.RunAsync("museums", "change", "LMNH", "--topic", _topic)).ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (_consumer is { HasExited: false })
        {
            _consumer.Kill();
            await _consumer.WaitForExitAsync(CancellationToken.None);
        }

        _consumer?.Dispose();
        _museum.Dispose();
    }

    [Fact]
    public async Task A_topic_that_is_away_is_not_waited_for_without_end()
    {
        Assert.Equal(0, (await _museum.RunAsync("museums", "change", "LMNH", "--topic", "nobody-made-this")).ExitCode);

        var run = await _museum.RunAsync("consume", "--until-end", "--timeout", "2");
        var dry = await _museum.RunAsync("consume", "--dry-run", "--timeout", "2");

        Assert.Equal((4, 4), (run.ExitCode, dry.ExitCode));
        Assert.Contains("the topic nobody-made-this does not exist", run.Error, StringComparison.Ordinal);
        Assert.Contains("the topic nobody-made-this does not exist", dry.Error, StringComparison.Ordinal);
        Assert.Contains("gave up", (await _museum.RunAsync("runs")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_begins_where_the_group_has_come_and_says_once_where_positions_live()
    {
        await ProduceAsync(0, 7);
        await ProduceAsync(1, 5);
        var nothing = await _museum.RunAsync("consume", "--until-end", "--start", "group");
        await CommitAsync(0, 4);

        _museum.Environment["AUTO_OFFSET"] = "group";
        var dry = await _museum.RunAsync("consume", "--dry-run", "--json");
        var first = await _museum.RunAsync("consume", "--until-end", "--json");
        var second = await _museum.RunAsync("consume", "--until-end", "--json");

        // The seven of partition 0 from offset 4 on, and all of the partition of which the group committed nothing.
        Assert.Equal(3, nothing.ExitCode);
        Assert.Contains(
            $"the group {_topic} has committed no offset of the topic",
            nothing.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(8, dry.Json.GetProperty("read").GetInt32());
        Assert.Equal((0, 8), (first.ExitCode, first.Json.GetProperty("read").GetInt32()));
        Assert.Equal((0, 0), (second.ExitCode, second.Json.GetProperty("read").GetInt32()));
        Assert.Contains("its positions live in the database", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("positions live", second.Error, StringComparison.Ordinal);
    }

    /// <summary>As a consumer of another program does.</summary>
    private async Task CommitAsync(int partition, long offset)
    {
        var config = new ConsumerConfig { BootstrapServers = _broker.Plaintext, GroupId = _topic };
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(config).Build();
        await Task.Run(() => consumer.Commit([new TopicPartitionOffset(_topic, partition, offset)]), Cancel);
        consumer.Close();
    }

    [Fact]
    public async Task A_consumer_at_rest_follows_a_rewind_and_loads_nothing_twice()
    {
        await ProduceAsync(0, 7);
        await ProduceAsync(1, 5);
        StartConsumer();
        await UntilAsync("/health", "read", 12);

        var back = await _museum.RunAsync("kafka", "rewind", $"{_topic}:0", "--to", "3", "--json");
        var health = await UntilAsync("/health", "read", 16);

        Assert.Equal(0, back.ExitCode);
        var move = Assert.Single(back.Json.GetProperty("moves").EnumerateArray());
        Assert.Equal(
            (7, 3, true),
            (
                move.GetProperty("from").GetInt64(),
                move.GetProperty("to").GetInt64(),
                move.GetProperty("moved").GetBoolean()
            )
        );
        Assert.Equal(4, health.GetProperty("already").GetInt64());
        var metrics = await Http.GetStringAsync(Url("/metrics"), Cancel);
        Assert.Contains($"museum_records_read_total{{topic=\"{_topic}\"}} 16\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"museum_records_already_total{{topic=\"{_topic}\"}} 4\n", metrics, StringComparison.Ordinal);
        Assert.Equal(12, (await JsonAsync("db", "status")).GetProperty("quarantined").GetInt64());
        var status = await JsonAsync("kafka", "status");
        Assert.True(status.GetProperty("healthy").GetBoolean());
        Assert.Equal(
            [7, 5],
            status.GetProperty("partitions").EnumerateArray().Select(p => p.GetProperty("next_offset").GetInt64())
        );
        var action = Assert.Single(status.GetProperty("actions").EnumerateArray());
        Assert.Equal(
            (
                "rewind",
                $"{_topic}:0",
                "from 7 back to 3: 4 offsets are read again",
                $"{Environment.UserName}@{Environment.MachineName}"
            ),
            (Text(action, "command"), Text(action, "target"), Text(action, "detail"), Text(action, "who"))
        );
    }

    [Fact]
    public async Task A_rewind_by_time_asks_the_brokers_and_earliest_is_their_first_offset()
    {
        var now = TimeProvider.System.GetUtcNow();
        await ProduceAsync(0, 3, now.AddHours(-3));
        await ProduceAsync(0, 2, now.AddHours(-1));
        await ConsumeToTheEndAsync();

        var late = await _museum.RunAsync("kafka", "rewind", _topic, "--to", Time(now));
        var between = await JsonAsync("kafka", "rewind", $"{_topic}:0", "--to", Time(now.AddHours(-2)));
        await _broker.DeleteRecordsAsync(_topic, 0, 1);
        var earliest = await JsonAsync("kafka", "rewind", $"{_topic}:0", "--to", "earliest");

        Assert.Contains(
            $"{_topic}:0: stays at 5: nothing that was read lies after that",
            late.Out,
            StringComparison.Ordinal
        );
        Assert.Equal(3, between.GetProperty("moves")[0].GetProperty("to").GetInt64());
        Assert.Equal(1, earliest.GetProperty("moves")[0].GetProperty("to").GetInt64());
    }

    [Fact]
    public async Task What_would_skip_messages_or_cannot_be_read_is_refused_with_what_was_expected()
    {
        await ProduceAsync(0, 5);
        await ConsumeToTheEndAsync();
        await ProduceAsync(0, 5);
        await _broker.DeleteRecordsAsync(_topic, 0, 2);

        await RefusedAsync(
            $"{_topic}:0: found offset 8, expected 2 (the first that can be read) to 5 (the position",
            "kafka",
            "rewind",
            $"{_topic}:0",
            "--to",
            "8"
        );
        await RefusedAsync($"{_topic}:0: found offset 1, expected 2", "kafka", "rewind", $"{_topic}:0", "--to", "1");
        await RefusedAsync(
            $"found {_topic}:9, expected one of {_topic}:0, {_topic}:1 (museum kafka status)",
            "kafka",
            "rewind",
            $"{_topic}:9",
            "--to",
            "1"
        );
        await RefusedAsync($"there is nothing to accept: {_topic} is not stopped", "kafka", "accept-loss", _topic);
        Assert.Empty(
            (await _museum.RunAsync("kafka", "status", "--json")).Json.GetProperty("actions").EnumerateArray()
        );
    }

    [Fact]
    public async Task Deleted_before_they_were_read_stops_the_partition_until_an_operator_accepts_it()
    {
        await ProduceAsync(0, 4);
        await ConsumeToTheEndAsync();
        await ProduceAsync(0, 6);
        await ProduceAsync(1, 1);
        await _broker.DeleteRecordsAsync(_topic, 0, 7);
        StartConsumer();
        var stopped = await UntilAsync("/health", "state", "stopped");
        await UntilAsync("/health", "read", 1);

        var status = await _museum.RunAsync("kafka", "status", "--json");
        await RefusedAsync(
            "what became unreadable must be accepted first",
            "kafka",
            "rewind",
            $"{_topic}:0",
            "--to",
            "earliest"
        );
        var accepted = await _museum.RunAsync("kafka", "accept-loss", $"{_topic}:0");
        await UntilAsync("/health", "read", 4);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, stopped.GetProperty("code").Deserialize<HttpStatusCode>());
        Assert.Contains(
            "offsets 4 to 6 were deleted before they were read (3 of them are lost)",
            Text(stopped, "problem"),
            StringComparison.Ordinal
        );
        Assert.Equal((4, "stopped"), (status.ExitCode, Text(status.Json.GetProperty("partitions")[0], "state")));
        Assert.Contains(
            "from 4 to 7; lost: offsets 4 to 6 (3 of them), deleted before they were read",
            accepted.Out,
            StringComparison.Ordinal
        );
        var healed = await JsonAsync("kafka", "status");
        Assert.Equal(10, healed.GetProperty("partitions")[0].GetProperty("next_offset").GetInt64());
        Assert.Contains("(3 of them)", Text(healed.GetProperty("actions")[0], "detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync(Url("/health"), Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_topic_created_again_continues_when_an_operator_accepts_the_loss_of_the_old_one()
    {
        await ProduceAsync(0, 4);
        await ProduceAsync(1, 2);
        StartConsumer();
        await UntilAsync("/health", "read", 6);
        await _broker.DeleteTopicAsync(_topic);
        var gone = await _museum.RunAsync("kafka", "status", "--json");
        await _broker.CreateTopicAsync(_topic, 1);
        await ProduceAsync(0, 3);
        await UntilAsync("/health", "state", "stopped");

        var accepted = await JsonAsync("kafka", "accept-loss", _topic);
        await UntilAsync("/health", "read", 9);

        Assert.Equal(
            (4, "the topic does not exist now"),
            (gone.ExitCode, Text(gone.Json.GetProperty("partitions")[0], "remark"))
        );
        var moves = accepted
            .GetProperty("moves")
            .EnumerateArray()
            .ToDictionary(m => m.GetProperty("partition").GetInt32());
        Assert.Equal(0, moves[0].GetProperty("to").GetInt64());
        Assert.Contains(
            "lost: whatever the old one held from offset 4 on; continues at 0 of the new one",
            Text(moves[0], "detail"),
            StringComparison.Ordinal
        );
        Assert.Equal(JsonValueKind.Null, moves[1].GetProperty("to").ValueKind);
        var partition = Assert.Single((await JsonAsync("kafka", "status")).GetProperty("partitions").EnumerateArray());
        Assert.Equal(
            (0, 3),
            (partition.GetProperty("partition").GetInt32(), partition.GetProperty("next_offset").GetInt64())
        );
        Assert.Equal(9, (await JsonAsync("db", "status")).GetProperty("quarantined").GetInt64());
    }

    [Fact]
    public async Task Partitions_that_nobody_has_consumed_are_counted()
    {
        await ProduceAsync(0, 4);
        await ProduceAsync(1, 3);

        var before = await _museum.RunAsync("kafka", "status", "--json");
        await ConsumeToTheEndAsync();
        await _broker.GrowTopicAsync(_topic, 4);
        await ProduceAsync(2, 2);
        var after = await _museum.RunAsync("kafka", "status", "--json");
        var words = await _museum.RunAsync("kafka", "status");

        Assert.Equal((4, 7L), (before.ExitCode, before.Json.GetProperty("lag").GetInt64()));
        Assert.Equal((4, 2L), (after.ExitCode, after.Json.GetProperty("lag").GetInt64()));
        Assert.Equal(
            [("consuming", 0L), ("consuming", 0L), ("never consumed", 2L), ("never consumed", 0L)],
            after
                .Json.GetProperty("partitions")
                .EnumerateArray()
                .Select(p => (Text(p, "state"), p.GetProperty("lag").GetInt64()))
        );
        Assert.Contains("1 that no consumer has ever read", words.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_at_work_is_not_emptied()
    {
        await ProduceAsync(0, 4);
        StartConsumer();
        await UntilAsync("/health", "read", 4);

        var refused = await _museum.RunAsync("db", "reset-interactions", "--yes");
        _consumer!.Kill(); // SIGKILL: it cannot say good-bye
        await _consumer.WaitForExitAsync(Cancel);
        var stillRefused = await _museum.RunAsync("db", "reset-interactions", "--yes");

        Assert.All(
            [refused, stillRefused],
            outcome =>
            {
                Assert.Equal(4, outcome.ExitCode);
                Assert.Contains(
                    "nothing was removed: these are running: museum consume",
                    outcome.Error,
                    StringComparison.Ordinal
                );
                Assert.Contains($"/{_consumer.Id}, ", outcome.Error, StringComparison.Ordinal);
            }
        );
        Assert.Equal(4, (await JsonAsync("db", "status")).GetProperty("quarantined").GetInt64());
    }

    [Fact]
    public async Task A_database_file_that_is_removed_under_a_consumer_is_noticed_and_ends_it()
    {
        await ProduceAsync(0, 4);
        _consumer = _museum.Start("consume", "--json");
        var said = _consumer.StandardError.ReadToEndAsync(Cancel);
        await UntilAsync("/health", "read", 4);

        File.Delete(Path.Combine(_museum.Directory, "museum.db"));
        await _consumer.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);

        Assert.Equal(4, _consumer.ExitCode);
        Assert.Contains("was removed or replaced while it was in use", await said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_museum.Directory, "museum.db")));
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_leave_a_status_of_what_was_last_seen()
    {
        await ProduceAsync(0, 4);
        await ConsumeToTheEndAsync();
        _museum.Environment["BOOTSTRAP_SERVERS"] = $"127.0.0.1:{FreePorts.One()}";

        var status = (await _museum.RunAsync("kafka", "status", "--json")).Json;
        var refused = await _museum.RunAsync("kafka", "rewind", _topic, "--to", "earliest");

        Assert.Contains("127.0.0.1:", Text(status, "unanswered"), StringComparison.Ordinal);
        Assert.False(status.GetProperty("healthy").GetBoolean());
        Assert.Equal(
            (4, false),
            (
                status.GetProperty("partitions")[0].GetProperty("next_offset").GetInt64(),
                status.GetProperty("partitions")[0].GetProperty("end_is_now").GetBoolean()
            )
        );
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("nothing was moved: Kafka at 127.0.0.1:", refused.Error, StringComparison.Ordinal);
    }

    private void StartConsumer()
    {
        _consumer = _museum.Start("consume", "--json");
        _ = _consumer.StandardError.ReadToEndAsync(Cancel);
    }

    private async Task ConsumeToTheEndAsync() =>
        Assert.Equal(0, (await _museum.RunAsync("consume", "--until-end", "--json")).ExitCode);

    private async Task ProduceAsync(int partition, int messages, DateTimeOffset? at = null)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig { BootstrapServers = _broker.Plaintext }
        ).Build();
        for (var i = 0; i < messages; i++)
        {
            await producer.ProduceAsync(
                new TopicPartition(_topic, partition),
                new()
                {
                    Value = Encoding.UTF8.GetBytes("""{"at":"2026-11-24T10:00:00+00:00","site":"77","val":3}"""),
                    Timestamp = at is { } time ? new(time) : Timestamp.Default,
                },
                Cancel
            );
        }
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var outcome = await _museum.RunAsync([.. arguments, "--json"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Complaints));
        return outcome.Json;
    }

    private async Task RefusedAsync(string expected, params string[] arguments)
    {
        var outcome = await _museum.RunAsync(arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString() ?? "";

    private static string Time(DateTimeOffset time) =>
        time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    private Uri Url(string path) => new($"http://127.0.0.1:{_port}{path}");

    /// <summary>The one topic's health as soon as it says so, with the answer's status as <c>code</c>.</summary>
    private async Task<JsonElement> UntilAsync(string path, string key, object value)
    {
        var since = Stopwatch.GetTimestamp();
        var last = "no answer";
        while (Stopwatch.GetElapsedTime(since) < Limit)
        {
            try
            {
                using var response = await Http.GetAsync(Url(path), Cancel);
                last = await response.Content.ReadAsStringAsync(Cancel);
                var topics = JsonDocument.Parse(last).RootElement.GetProperty("topics");
                if (
                    topics.GetArrayLength() > 0
                    && topics[0].GetProperty(key).ToString() == Convert.ToString(value, CultureInfo.InvariantCulture)
                )
                    return JsonSerializer.SerializeToElement(
                        topics[0]
                            .EnumerateObject()
                            .ToDictionary(p => p.Name, p => (object)p.Value)
                            .Append(new("code", (int)response.StatusCode))
                            .ToDictionary()
                    );
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50, Cancel);
        }

        Assert.Fail($"waited {Limit.TotalSeconds} s for {key} = {value}: {last}");
        return default;
    }
}
