using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Servers;

[assembly: AssemblyFixture(typeof(KafkaServer))]

namespace MuseumPipeline.Tests.Servers;

/// <summary>
/// The real Kafka broker all tests share, each with topics of its own; started when the first one asks for it. Looked
/// for in this order: MUSEUM_TEST_KAFKA
/// (<c>PLAINTEXT=host:port;SASL_PLAINTEXT=host:port;SASL_SSL=host:port;CA=file</c>, with the users of
/// <see cref="KafkaBroker"/>), the program in MUSEUM_KAFKA_SERVICE, and <c>eng/kafka-server</c>, which finds what a
/// broker can run on. Where there is none, the test that asks is skipped and says why.
/// </summary>
public sealed class KafkaServer : IAsyncDisposable
{
    private readonly Lazy<Task<KafkaBroker>> _shared = new(FindAsync);

    /// <summary>Not to be stopped: others use it.</summary>
    internal Task<KafkaBroker> BrokerAsync() => _shared.Value;

    /// <summary>A broker for one test only, to stop, kill and start.</summary>
    internal static Task<KafkaBroker> OwnAsync() => KafkaBroker.UpAsync();

    public async ValueTask DisposeAsync()
    {
        if (_shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _shared.Value).DisposeAsync();
    }

    private static async Task<KafkaBroker> FindAsync() =>
        Environment.GetEnvironmentVariable("MUSEUM_TEST_KAFKA") is { Length: > 0 } given
            ? KafkaBroker.Given(given)
            : await KafkaBroker.UpAsync();
}

/// <summary>One broker with three listeners. Over SASL <c>museum</c> may do everything, <c>visitor</c> logs in and may
/// do nothing.</summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    public const string User = "museum";
    public const string Secret = "museum-secret";
    public const string Visitor = "visitor";
    public const string VisitorSecret = "visitor-secret";
    private const string DirectoryName = "museum-tests-kafka-";
    private static readonly Lazy<Task<(string Program, string? Why)>> Service = new(FindServiceAsync);
    private static int _brokers;

    private readonly string? _directory;

    private KafkaBroker(string plaintext, string saslPlaintext, string saslSsl, string authority, string? directory) =>
        (Plaintext, SaslPlaintext, SaslSsl, Authority, _directory) = (
            plaintext,
            saslPlaintext,
            saslSsl,
            authority,
            directory
        );

    public string Plaintext { get; }

    public string SaslPlaintext { get; }

    public string SaslSsl { get; }

    /// <summary>The file of the authority that signed the certificate of <see cref="SaslSsl"/>.</summary>
    public string Authority { get; }

    public static KafkaBroker Given(string addresses)
    {
        var parts = addresses
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1]);
        return new(parts["PLAINTEXT"], parts["SASL_PLAINTEXT"], parts["SASL_SSL"], parts["CA"], null);
    }

    /// <summary>Skips the test if there is nothing to run a broker on.</summary>
    public static async Task<KafkaBroker> UpAsync()
    {
        var (program, why) = await Service.Value;
        Assert.SkipWhen(why is not null, why ?? "");
        foreach (var left in Directory.GetDirectories(Path.GetTempPath(), DirectoryName + "*").Where(IsOrphaned))
            await Tool.RunAsync(program, "down", left);
        var directory = Path.Combine(
            Path.GetTempPath(),
            $"{DirectoryName}{Environment.ProcessId}-{Interlocked.Increment(ref _brokers)}"
        );
        // Three listeners and the controller, side by side.
        var port = FreePorts.First(32_000, 1, 2, 3);
        await Tool.RunAsync("env", $"KAFKA_PORT={port}", program, "up", directory);
        return new(
            $"127.0.0.1:{port}",
            $"127.0.0.1:{port + 1}",
            $"localhost:{port + 2}",
            Path.Combine(directory, "tls", "ca.crt"),
            directory
        );
    }

    /// <summary>A clean stop; the data stays.</summary>
    public Task StopAsync() => RunAsync("stop");

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => RunAsync("kill");

    /// <summary>Continues with the same data at the same addresses.</summary>
    public Task StartAsync() => RunAsync("start");

    public KafkaSettings Settings(string group = KafkaSettings.DefaultGroup, params IReadOnlyList<string> topics) =>
        KafkaSettings.Plain(Plaintext, group, topics);

    /// <summary>A topic of the test's own.</summary>
    public async Task<string> NewTopicAsync(int partitions, string prefix = "test")
    {
        var name = $"{prefix}-{Guid.NewGuid().ToString("N")[..12]}";
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Plaintext }).Build();
        await admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = 1,
                // Otherwise messages with old timestamps would be deleted half a minute after the broker's start.
                Configs = new Dictionary<string, string> { ["retention.ms"] = "-1" },
            },
        ]);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        if (_directory is not null)
            await RunAsync("down");
    }

    private async Task RunAsync(string verb)
    {
        if (_directory is null)
            throw new InvalidOperationException("a broker that was given by its address is not this test's to stop");
        await Tool.RunAsync((await Service.Value).Program, verb, _directory);
    }

    private static async Task<(string Program, string? Why)> FindServiceAsync()
    {
        if (Environment.GetEnvironmentVariable("MUSEUM_KAFKA_SERVICE") is { Length: > 0 } given)
            return (given, null);
        var program = Path.Combine(Repository.Root, "eng", "kafka-server");
        if (OperatingSystem.IsWindows())
            return (program, "needs a Kafka broker: MUSEUM_TEST_KAFKA is not set, and none is started on Windows");
        var (code, said) = await Tool.TryAsync(program, "ready");
        return (program, code == 0 ? null : "needs a Kafka broker: " + said.Trim().Split('\n')[^1]);
    }

    private static bool IsOrphaned(string directory)
    {
        try
        {
            var owner = Path.GetFileName(directory)[DirectoryName.Length..].Split('-')[0];
            using var process = Process.GetProcessById(int.Parse(owner, CultureInfo.InvariantCulture));
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
