using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Commands;
using MuseumPipeline.Commands.Consume;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

public sealed partial class JsonLogTests : IDisposable
{
    private readonly MuseumProcess museum = new();

    public JsonLogTests() => museum.Environment["MUSEUM_LOG_FORMAT"] = "json";

    public void Dispose() => museum.Dispose();

    private static string Bucket => Path.Combine(Repository.Root, "samples", "bucket");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_is_lines_of_JSON_with_its_run_and_a_measurement_that_nothing_failed()
    {
        var run = await museum.RunAsync("load", "-b", Bucket);

        var lines = Lines(run.Error);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", Text(line, "time")!));
        var told = Assert.Single(lines, line => Text(line, "event") == "load.failed");
        Assert.Equal((0, 1, Bucket), (Number(told, "value"), Number(told, "run"), Text(told, "source")));
        Assert.Contains(
            lines,
            line => Text(line, "message")!.StartsWith("writes to embedded", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_load_that_fails_says_so_at_whatever_level_and_keeps_its_reason_and_exit_code()
    {
        museum.Environment["MUSEUM_LOG_LEVEL"] = "error";
        var run = await museum.RunAsync("load", "-b", Path.Combine(museum.Directory, "nowhere"));

        var lines = Lines(run.Error);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal(1, Number(Assert.Single(lines, line => Text(line, "event") == "load.failed"), "value"));
        var failed = Assert.Single(lines, line => Text(line, "level") == "error");
        Assert.Contains("nowhere", Text(failed, "message"), StringComparison.Ordinal);
        Assert.Contains($"exit code {run.ExitCode}", Text(failed, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dashboard_tells_its_measurements_at_once()
    {
        museum.Environment["MUSEUM_LOG_LEVEL"] = "error";
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        using var process = museum.Start("serve", "--listen", $"127.0.0.1:{FreePorts.One()}");
        try
        {
            var found = new List<(string, string?, long)>();
            while (found.Count < 2)
            {
                var line = await process.StandardError.ReadLineAsync(Cancel);
                Assert.NotNull(line);
                if (line.Contains("\"event\":", StringComparison.Ordinal))
                    found.Add((Text(Parse(line), "event")!, Text(Parse(line), "museum"), Number(Parse(line), "value")));
            }

            Assert.Equal([("dashboard.silence", "LMNH", 0), ("dashboard.emergency", "LMNH", 0)], found);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public void A_consumer_tells_what_came_since_the_last_time_and_how_each_partition_stands()
    {
        var state = new StreamState("lmnh", "consuming", true, null, 2, 7, new Counts(10, 6, 1, 3, 0, 0, 2), [], [1])
        {
            Lags = new SortedDictionary<int, long> { [0] = 7, [1] = 0 },
        };
        Museum[] museums = [new(1, "LMNH", "", "lmnh", "lmnh", new(8, 45), new(18, 15), "Europe/London")];
        var measurements = new ConsumeMeasurements(museums, () => [state], () => 4);

        Assert.Equal(
            ["consumer.read 10", "consumer.refused 3", "consumer.lag:0 7", "consumer.lag:1 0"],
            measurements.Take().Take(4).Select(Show)
        );
        state = state with { Counts = new Counts(12, 7, 1, 4, 0, 0, 2) };
        var second = measurements.Take();
        Assert.Equal(["consumer.read 2", "consumer.refused 1"], second.Take(2).Select(Show));
        Assert.Equal(["consumer.stopped:0 0", "consumer.stopped:1 1"], second.Skip(4).Select(Show));
        Assert.All(second, of => Assert.Equal(("LMNH", "lmnh", 4), (of.Museum, of.Source, of.Run)));

        static string Show(Measurement of) => $"{of.Event}{(of.Partition is { } p ? $":{p}" : "")} {of.Value}";
    }

    [Fact]
    public async Task They_are_reported_at_once_every_half_minute_and_at_the_end()
    {
        var clock = new FakeTimeProvider();
        var directory = Directory.CreateTempSubdirectory("museum-log-").FullName;
        var path = Path.Combine(directory, "log");
        var settings = new LogSettings(LogDestination.File, LogLevel.Error, path, LogFormat.Json);
        using (var logs = Telemetry.CreateLogging(settings, Redactor.None))
        {
            var taken = 0;
            using var more = new SemaphoreSlim(0);
            var repeated = new Measurements.Repeated(
                logs.CreateLogger(Measurements.Category),
                clock,
                _ =>
                {
                    more.Release();
                    return Task.FromResult<IReadOnlyList<Measurement>>([new("x.y", ++taken)]);
                }
            );
            await more.WaitAsync(Cancel);
            for (var round = 0; round < 2; round++)
            {
                while (!await more.WaitAsync(TimeSpan.FromMilliseconds(20), Cancel))
                    clock.Advance(TimeSpan.FromSeconds(30));
            }

            await repeated.DisposeAsync();
            Assert.True(taken >= 4);
            Assert.Equal(
                Enumerable.Range(1, taken).Select(n => (long)n),
                Lines(await File.ReadAllTextAsync(path, Cancel)).Select(line => Number(line, "value"))
            );
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_alarms_filter_exactly_the_events_that_are_measured()
    {
        var alarms = File.ReadAllText(
            Path.Combine(Repository.Root, "deploy", "terraform", "modules", "watch", "main.tf")
        );
        var events = alarms[alarms.IndexOf("  events = {", StringComparison.Ordinal)..];
        events = events[..events.IndexOf('}', StringComparison.Ordinal)];

        Assert.Equal(
            MeasuredEvents.All.Order(StringComparer.Ordinal),
            Event().Matches(events).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal)
        );
    }

    [GeneratedRegex("\"([a-z]+\\.[a-z]+)\"")]
    private static partial Regex Event();

    private static List<JsonElement> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static string? Text(JsonElement line, string key) =>
        line.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static long Number(JsonElement line, string key) => line.GetProperty(key).GetInt64();
}
