using System.Globalization;
using MuseumPipeline.Bench.Servers;
using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>What open pages cost the consumer.</summary>
internal sealed partial class Benchmark
{
    private const int OpenPages = 1000;

    /// <summary>Nearly all of it is a backlog, in which every third of a second thousands of calls for help are
    /// announced: the worst that pages can ask for.</summary>
    private async Task PagesAsync(CancellationToken cancel)
    {
        var kafka = await workspace.KafkaAsync(cancel);
        var topic = await streams.FilledTopicAsync(kafka, plan.Messages, cancel);
        Title(
            Text($"A backlog into PostgreSQL while {OpenPages:N0} pages are open"),
            "museum consume --until-end --json, beside museum serve and its open streams",
            "the same beside museum serve alone"
        );
        var pairs = await Pairs.RunAsync(plan.Runs, () => ConsumeBesideAsync(OpenPages), () => ConsumeBesideAsync(0));
        var rate = pairs.Ratio.Inverse;
        report.Add(
            new(
                Text($"While {OpenPages:N0} pages are open"),
                MessageRate(plan.Messages, pairs.OurSeconds),
                Text($"no page: {MessageRate(plan.Messages, pairs.TheirSeconds)}"),
                Ratio(rate),
                "≥ 0.95",
                rate.Median >= 0.95,
                Text($"with {OpenPages:N0} open pages at {rate.Median:0.00} of the rate without")
            )
        );
        await kafka.DeleteTopicAsync(topic.Name);

        async Task<Finished> ConsumeBesideAsync(int many)
        {
            var server = await workspace.PostgresAsync(cancel);
            await streams.PreparePostgresAsync(server, topic, cancel);
            await server.SettleAsync(cancel);
            var port = LiveStreams.FreePort();
            var serving = Child.RunAsync(
                Workspace.Museum,
                ["serve", "--listen", $"{port}"],
                workspace.Directory,
                server.Environment(Streams.Database),
                cancel
            );
            using var pages = new LiveStreams.Pages(port, Math.Max(1, many));
            await pages.OpenAsync(serving, cancel);
            var finished = await workspace.MuseumAsync(
                ["consume", "--until-end", "--json"],
                Streams.With(server.Environment(Streams.Database), kafka, topic),
                cancel
            );
            topic.Expect(finished.Output);
            var process = LiveStreams.ServerOn(port);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {pages.Count} of {Math.Max(1, many)} pages open at the end; the dashboard's processor "
                        + $"time {process.TotalProcessorTime.TotalSeconds:0.00} s"
                )
            );
            process.Kill();
            await serving.ContinueWith(_ => { }, TaskScheduler.Default);
            await server.DropAsync(Streams.Database, cancel);
            return finished;
        }
    }
}
