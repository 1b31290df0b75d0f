using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Health;

/// <summary>A scrape over HTTP, read line by line as the text format has it.</summary>
public sealed partial class MetricsTests : IAsyncLifetime
{
    private const string Odd = "a\"b\\c\nd";

    private static readonly StreamState Well = new(
        "lmnh",
        "consuming",
        true,
        null,
        2,
        7,
        new Counts(10, 5, 1, 3, 1, 0, 2),
        new(StringComparer.Ordinal) { ["invalid_val"] = 3 },
        []
    );

    private static readonly StreamState Ill = new(
        Odd,
        "stopped",
        false,
        "password hunter2 was not accepted",
        4,
        null,
        new Counts(3, 3, 0, 0, 0, 0, 0),
        new(StringComparer.Ordinal),
        [1, 3]
    );

    private readonly HttpClient _client = new();
    private IReadOnlyList<StreamState> _states = [];
    private HealthEndpoint? _endpoint;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        _endpoint = await HealthEndpoint.OpenAsync(
            address,
            () => _states,
            new Redactor([new Secret("hunter2")]),
            Cancel
        );
        _client.BaseAddress = new($"http://{address}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _endpoint!.DisposeAsync();
    }

    [Fact]
    public async Task The_numbers_are_those_of_health()
    {
        _states = [Well, Ill];
        using var health = JsonDocument.Parse(
            await (await _client.GetAsync("/health", Cancel)).Content.ReadAsStringAsync(Cancel)
        );
        var told = Parse(await ScrapeAsync(_client));

        foreach (var topic in health.RootElement.GetProperty("topics").EnumerateArray())
        {
            var label = $"topic=\"{Escape(topic.GetProperty("topic").GetString()!)}\"";
            long Number(string key) => topic.GetProperty(key).GetInt64();
            Assert.Equal(Number("read"), told[$"museum_records_read_total{{{label}}}"]);
            Assert.Equal(Number("ratings"), told[$"museum_records_loaded_total{{kind=\"rating\",{label}}}"]);
            Assert.Equal(Number("support"), told[$"museum_records_loaded_total{{kind=\"support\",{label}}}"]);
            Assert.Equal(Number("already"), told[$"museum_records_already_total{{{label}}}"]);
            Assert.Equal(Number("possible_help"), told[$"museum_possible_help_total{{{label}}}"]);
            Assert.Equal(Number("partitions"), told[$"museum_partitions{{{label}}}"]);
            Assert.Equal(
                topic.GetProperty("stopped_partitions").GetArrayLength(),
                told[$"museum_partitions_stopped{{{label}}}"]
            );
            Assert.Equal(topic.GetProperty("healthy").GetBoolean() ? 1 : 0, told[$"museum_topic_healthy{{{label}}}"]);
            Assert.Equal(
                Number("quarantined"),
                Reasons.All.Sum(reason => told[$"museum_records_quarantined_total{{reason=\"{reason}\",{label}}}"])
            );
        }

        Assert.Equal(3, told["museum_records_quarantined_total{reason=\"invalid_val\",topic=\"lmnh\"}"]);
        Assert.Equal(
            [7],
            told.Where(sample => sample.Key.StartsWith("museum_lag_records", StringComparison.Ordinal))
                .Select(sample => sample.Value)
        );
        Assert.Equal(0, told["museum_consumer_healthy{}"]);
        _states = [Well];
        var later = Parse(await ScrapeAsync(_client));
        Assert.Equal(1, later["museum_consumer_healthy{}"]);
        Assert.DoesNotContain(later.Keys, key => key.Contains(Escape(Odd), StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_well_formed_told_like_health_and_says_no_secret()
    {
        _states = [Ill];
        using var response = await _client.GetAsync("/metrics", Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            ("no-store", "nosniff"),
            (response.Headers.CacheControl?.ToString(), response.Headers.GetValues("X-Content-Type-Options").Single())
        );
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
        Assert.Contains("museum_records_read_total{topic=\"a\\\"b\\\\c\\nd\"} 3", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE museum_records_read_total counter", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.PostAsync("/metrics", null, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/metrics/more", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Two_endpoints_in_one_process_tell_their_own()
    {
        _states = [Well];
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        await using var other = await HealthEndpoint.OpenAsync(address, () => [Ill], new Redactor([]), Cancel);
        using var client = new HttpClient { BaseAddress = new($"http://{address}") };

        Assert.Equal(10, Assert.Single(Parse(await ScrapeAsync(_client)), Reads).Value);
        Assert.Equal(3, Assert.Single(Parse(await ScrapeAsync(client)), Reads).Value);

        static bool Reads(KeyValuePair<string, double> sample) =>
            sample.Key.StartsWith("museum_records_read_total", StringComparison.Ordinal);
    }

    internal static Task<string> ScrapeAsync(HttpClient client) => client.GetStringAsync("/metrics", Cancel);

    /// <summary>By name and labels, as written.</summary>
    internal static Dictionary<string, double> Parse(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            );

    private static string Escape(string label) =>
        label
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    [GeneratedRegex(
        """^(# TYPE [a-z_]\w* (counter|gauge|histogram|summary|untyped)|# HELP [a-z_]\w* ([^\\]|\\[\\n])*|[a-z_]\w*(\{([a-z_]\w*="([^"\\]|\\[\\"n])*",?)*\})? (-?[0-9.]+([eE][+-]?\d+)?|NaN|[+-]Inf))$"""
    )]
    private static partial Regex Line();
}
