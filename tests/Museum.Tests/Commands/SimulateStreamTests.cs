using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using MuseumPipeline.Commands.Simulate;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Tests.Clean;

namespace MuseumPipeline.Tests.Commands;

public sealed class SimulateStreamTests : IDisposable
{
    private readonly MuseumProcess _museum = new();

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task The_committed_stream_is_what_its_readme_says_makes_it_and_is_judged_as_the_command_says()
    {
        var samples = Path.Combine(Repository.Root, "samples");
        var command = File.ReadLines(Path.Combine(samples, "README.md"))
            .Single(l => l.StartsWith("./museum simulate stream", StringComparison.Ordinal));
        var sample = Path.Combine(samples, "stream.ndjson");

        var made = (
            await _museum.RunAsync([
                .. command["./museum ".Length..].Replace("samples/", "", StringComparison.Ordinal).Split(' '),
                "--json",
            ])
        ).Json;

        Assert.Equal(File.ReadAllBytes(sample), File.ReadAllBytes(Path.Combine(_museum.Directory, "stream.ndjson")));
        var verdicts = File.ReadLines(sample).Select(l => Judge.Message(l)).ToList();
        Assert.Equal(200, verdicts.Count);
        Assert.Equal(verdicts.Count(v => v.Event?.Kind is PressKind.Rating), made.GetProperty("ratings").GetInt64());
        Assert.Equal(verdicts.Count(v => v.Event?.Kind is PressKind.Support), made.GetProperty("support").GetInt64());
        Assert.Equal(
            verdicts.Count(v => v.Refusal?.PossibleHelp is true),
            made.GetProperty("possible_help").GetInt64()
        );
        Assert.Equal(
            verdicts
                .Where(v => v.Reason is not null)
                .CountBy(v => v.Reason!.Value.Code())
                .OrderBy(r => r.Key, StringComparer.Ordinal)
                .Select(r => (r.Key, (long)r.Value)),
            made.GetProperty("reasons").EnumerateObject().Select(r => (r.Name, r.Value.GetInt64()))
        );
    }

    [Fact]
    public async Task The_ledger_has_the_digest_of_each_message_in_its_place()
    {
        var run = await _museum.RunAsync(
            "simulate",
            "stream",
            "--messages",
            "300",
            "--every-fault",
            "--to",
            "m",
            "--ledger",
            "l",
            "--json"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(300, run.Json.GetProperty("delivered").GetInt64());
        using var lines = new NdjsonReader(File.OpenRead(Path.Combine(_museum.Directory, "m")));
        var expected = new List<string>();
        while (lines.Read())
            expected.Add($"0 {expected.Count} {Convert.ToHexStringLower(SHA256.HashData(lines.Raw))}");
        Assert.Equal(expected, File.ReadLines(Path.Combine(_museum.Directory, "l")));
    }

    [Fact]
    public async Task A_rate_is_kept_and_stdout_has_messages_and_nothing_else()
    {
        var started = Stopwatch.GetTimestamp();
        var run = await _museum.RunAsync(
            "simulate",
            "stream",
            "--messages",
            "41",
            "--rate",
            "50/s",
            "--invalid-share",
            "0",
            "--json"
        );

        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(790));
        var messages = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(41, messages.Length);
        Assert.All(messages, m => Assert.NotNull(JsonDocument.Parse(m)));
        Assert.Equal(41, JsonDocument.Parse(run.Error).RootElement.GetProperty("sent").GetInt64());
    }

    [Fact]
    public async Task Stopping_it_says_how_many_were_delivered()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals");
        using var process = _museum.Start("simulate", "stream", "--rate", "1000/s");
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using (Process.Start("kill", ["-INT", $"{process.Id}"])) { }
        var run = await MuseumProcess.FinishAsync(process);

        Assert.Equal(130, run.ExitCode);
        var rest = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.StartsWith(
            $"Stopped: delivered {rest + 1:N0} of {rest + 1:N0} messages",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_said_to_be_so()
    {
        var run = await _museum.RunAsync("simulate", "stream", "--to", "no/such/place");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("no/such/place", run.Error, StringComparison.Ordinal);
        Assert.Contains("Check that the directory exists", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--rate 0", "--rate: found '0', expected a number of messages")]
    [InlineData("--rate 5/h", "--rate: found '5/h', expected")]
    [InlineData("--rate 5 --as-fast-as-possible", "expected one of them")]
    [InlineData("--messages 0", "expected a whole number, 1 or more")]
    [InlineData("--invalid-share 2", "from 0 to 1")]
    [InlineData("--at noon", "--at: found 'noon', expected a time")]
    public void A_wrong_option_is_named_with_what_was_expected(string options, string message)
    {
        RootCommand root = [SimulateCommand.Create()];
        Assert.Contains(
            root.Parse($"simulate stream {options}").Errors,
            e => e.Message.Contains(message, StringComparison.Ordinal)
        );
    }
}
