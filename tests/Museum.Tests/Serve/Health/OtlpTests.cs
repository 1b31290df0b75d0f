using System.Text;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Source;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Health;

public sealed class OtlpTests : IDisposable
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private void Collect(OtlpReceiver collector)
    {
        museum.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        museum.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
    }

    [Fact]
    public async Task A_load_sends_a_trace_of_each_object()
    {
        await using var collector = new OtlpReceiver();
        Collect(collector);

        var run = await museum.RunAsync("load", "-b", Path.Combine(Repository.Root, "samples", "bucket"), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.All(collector.Spans, span => Assert.Equal("load object", span.Name));
        Assert.Equal(
            run.Json.GetProperty("sources").EnumerateArray().Select(of => of.GetProperty("name").GetString()).Order(),
            collector.Spans.Select(span => span.Attributes["museum.object"]).Order()
        );
    }

    [Fact]
    public async Task A_consumer_sends_its_metrics_and_batches_that_lead_to_where_the_messages_were_sent()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("lmnh", 1);
        await using var collector = new OtlpReceiver();
        using (var producer = new KafkaClients(broker.Settings(), null, Redactor.None).Producer())
        {
            for (var number = 0; number < 200; number++)
            {
                var headers = new Headers
                {
                    { "traceparent", Encoding.ASCII.GetBytes($"00-{Trace}-00f067aa0ba902b7-01") },
                };
                var message = new Message<byte[]?, byte[]?> { Value = "{}"u8.ToArray(), Headers = headers };
                producer.Produce("lmnh", message);
            }

            producer.Flush(Cancel);
        }

        Collect(collector);
        museum.Environment["BOOTSTRAP_SERVERS"] = broker.BootstrapServers;
        museum.Environment["MUSEUM_BREAKER_SHARE"] = "1";
        var run = await museum.RunAsync("consume", "--until-end", "--json");

        Assert.Equal((0, 200), (run.ExitCode, run.Json.GetProperty("read").GetInt32()));
        Assert.All(
            collector.Spans,
            span => Assert.Equal(("consume batch", "lmnh"), (span.Name, span.Attributes["messaging.destination.name"]))
        );
        Assert.Equal(
            200,
            collector.Spans.Sum(span =>
                int.Parse(
                    span.Attributes["messaging.batch.message_count"],
                    System.Globalization.CultureInfo.InvariantCulture
                )
            )
        );
        Assert.All(collector.Spans, span => Assert.InRange(span.Links.Count, 1, Tracing.MostLinks));
        Assert.All(collector.Spans.SelectMany(span => span.Links), link => Assert.Equal(Trace, link));
        Assert.All(
            (string[])["museum_records_read_total", "museum_records_quarantined_total", "museum_consumer_healthy"],
            name => Assert.Contains(name, collector.Metrics.Keys)
        );
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736", false)]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-00", false)]
    public void A_header_that_names_no_trace_leads_nowhere(string header, bool leads) =>
        Assert.Equal(
            leads,
            Tracing.LinkOf(Encoding.ASCII.GetBytes(header)) is { } link && link.Context.TraceId != default
        );

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "true", false)]
    [InlineData("OTEL_SERVICE_NAME", null, false)]
    public void Nothing_is_exported_unless_a_collector_is_named(string set, string? disabled, bool wanted) =>
        Assert.Equal(
            wanted,
            OtlpExport.IsWanted(key =>
                key == "OTEL_SDK_DISABLED" ? disabled
                : key == set ? "http://127.0.0.1:4318"
                : null
            )
        );
}
