using System.CommandLine;
using System.Runtime.InteropServices;
using MuseumPipeline.Bench.Rivals;
using MuseumPipeline.Bench.Servers;
using MuseumPipeline.Model;

namespace MuseumPipeline.Bench;

/// <summary>What to measure, and the rivals, which are started as processes of their own.</summary>
internal static class Program
{
    private const int Interrupted = 130;

    private static readonly Option<long> Rows = new("--rows")
    {
        Description = "Rows of history.",
        DefaultValueFactory = _ => 2_000_000,
    };

    private static readonly Option<long> LargeRows = new("--large-rows")
    {
        Description = "Rows of the large history.",
        DefaultValueFactory = _ => 20_000_000,
    };

    private static readonly Option<long> Messages = new("--messages")
    {
        Description = "Messages of the stream; ten times as many for its memory.",
        DefaultValueFactory = _ => 1_000_000,
    };

    private static readonly Option<int> Runs = new("--runs")
    {
        Description = "Pairs of runs.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<Part[]> Only = new("--only")
    {
        Description = "Only these parts.",
        DefaultValueFactory = _ => Enum.GetValues<Part>(),
        AllowMultipleArgumentsPerToken = true,
    };

    private static async Task<int> Main(string[] args)
    {
        var root = new RootCommand(
            "Measures museum load and museum consume against the plainest ways to do the same, in pairs: only the "
                + "ratios count."
        )
        {
            Rows,
            Runs,
            Only,
            LargeRows,
            Messages,
            BareSqlite.Create(),
            OriginalWay.Create(),
            BareConsumer.Create(),
            OriginalStream.Create(),
            LiveStreams.Create(),
        };
        foreach (var option in (Option[])[Rows, LargeRows, Runs, Messages])
            option.Validators.Add(r =>
            {
                if (r.Tokens.Count > 0 && !(long.TryParse(r.Tokens[0].Value, out var n) && n > 0))
                    r.AddError($"{option.Name} must be 1 or more");
            });
        root.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    new Plan(
                        parsed.GetValue(Rows),
                        parsed.GetValue(Runs),
                        parsed.GetValue(LargeRows),
                        parsed.GetValue(Messages),
                        [.. parsed.GetRequiredValue(Only).Distinct().Order()]
                    ),
                    cancel
                )
        );

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await root.Parse(args)
            .InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                stop.Token
            );

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> RunAsync(Plan plan, CancellationToken cancel)
    {
        try
        {
            await using var workspace = new Workspace();
            await new Benchmark(plan, workspace).RunAsync(cancel);
            return 0;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Console.Error.WriteLine("stopped; everything that was started is gone again");
            return Interrupted;
        }
        catch (Exception e) when (e is BenchException or MuseumException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }
}

internal enum Part
{
    Parse,
    Postgres,
    Unsorted,
    Replaced,
    S3,
    Sqlite,
    Original,
    Large,
    Stream,
    Latency,
    Pages,
    Peers,
}

/// <param name="Parts">In the order in which they are run.</param>
internal sealed record Plan(long Rows, int Runs, long LargeRows, long Messages, Part[] Parts);

/// <summary>The measuring itself went wrong; slowness never does.</summary>
internal sealed class BenchException(string message) : Exception(message);
