using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace MuseumPipeline.Bench.Servers;

/// <summary>A real broker: the one named in MUSEUM_TEST_KAFKA, or one started for this run alone where its programs lie
/// beside the project.</summary>
internal sealed class KafkaServer(Workspace workspace) : IAsyncDisposable
{
    private const int Partitions = 4;
    private const string Given = "MUSEUM_TEST_KAFKA";
    private readonly string directory = workspace.PathOf("kafka");
    private readonly List<string> topics = [];
    private readonly string? script = Script();
    private bool started;

    public string Address { get; private set; } = "";

    /// <summary>Asked before anything is measured.</summary>
    public static void Expect()
    {
        if (Environment.GetEnvironmentVariable(Given) is null or "" && Script() is null)
            throw new BenchException(
                $"found no Kafka broker: set {Given} to host:port of one, or leave the part stream out with --only"
            );
    }

    public async Task StartAsync(CancellationToken cancel)
    {
        if (Environment.GetEnvironmentVariable(Given) is { Length: > 0 } given)
        {
            // Where several listeners are named, the plain one is PLAINTEXT=host:port.
            Address = given
                .Split(';')
                .Select(part => part.Split('=', 2))
                .Where(part => part.Length == 1 || part[0] is "PLAINTEXT")
                .Select(part => part[^1])
                .First();
            return;
        }

        var port = FreePorts.First(4);
        started = true;
        await ScriptAsync("up", port, cancel);
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    public IReadOnlyDictionary<string, string> Client(string topic) =>
        new Dictionary<string, string>
        {
            ["BOOTSTRAP_SERVERS"] = Address,
            ["TOPIC"] = topic,
            ["GROUP"] = $"museum-bench-{Guid.NewGuid():N}",
        };

    public async Task<string> CreateTopicAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var topic = $"museum-bench-{Guid.NewGuid():N}";
        using var admin = Admin();
        await admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = topic,
                NumPartitions = Partitions,
                ReplicationFactor = 1,
            },
        ]);
        topics.Add(topic);
        return topic;
    }

    public async Task DeleteTopicAsync(string topic)
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([topic]);
        topics.Remove(topic);
    }

    public async ValueTask DisposeAsync()
    {
        if (started)
            await ScriptAsync("down", 0, CancellationToken.None);
        else
            foreach (var topic in topics.ToArray())
                await DeleteTopicAsync(topic);
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Address }).Build();

    /// <summary>Out of reach of the keyboard: an interrupted start could not be tidied up.</summary>
    private async Task ScriptAsync(string verb, int port, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await Child.RunAsync(
            "setsid",
            ["--wait", script!, verb, directory],
            workspace.Directory,
            new Dictionary<string, string> { ["KAFKA_PORT"] = port.ToString(CultureInfo.InvariantCulture) },
            CancellationToken.None
        );
    }

    private static string? Script() =>
        Workspace.Beside("kafka", "kafka") is { } script && File.Exists(script) ? script : null;
}
