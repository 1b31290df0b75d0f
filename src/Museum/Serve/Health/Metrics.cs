using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace MuseumPipeline.Serve.Health;

/// <summary>
/// <c>GET /metrics</c>, as Prometheus reads it: what is measured here, and what the runtime, Kestrel and Npgsql measure
/// of themselves. Nobody else
/// touches OpenTelemetry, so that a process without the endpoint never loads it.
/// </summary>
internal sealed class Metrics : IDisposable
{
    public const string Path = "/metrics";
    private const string Name = "museum";

    /// <summary>Their labels are bounded: methods, status codes and versions of protocols by list, addresses this
    /// process listens on.</summary>
    internal static readonly string[] Others =
    [
        "System.Runtime",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Npgsql",
    ];

    private readonly Meter meter = new(Name);
    private readonly MeterProvider provider;
    private readonly IReadOnlyList<IMeasured> measured;

    public Metrics(IReadOnlyList<IMeasured> measured)
    {
        this.measured = measured;
        provider = Sdk.CreateMeterProviderBuilder()
            // Of the environment's OTEL_ settings nothing is read into it.
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Name, autoGenerateServiceInstanceId: false))
            .AddMeter([Name, .. Others])
            // Meters are found by name, in all of the process: two endpoints tell their own each.
            .AddView(instrument =>
                instrument.Meter.Name == Name && instrument.Meter != meter ? MetricStreamConfiguration.Drop : null
            )
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
                // What is told is what /health would say at this moment.
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
            })
            .Build();
        foreach (var some in measured)
            some.Declare(meter);
    }

    public void Use(IApplicationBuilder app) =>
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            provider,
            context => context.Request.Path == Path,
            null,
            branch =>
                branch.Use(
                    async (context, next) =>
                    {
                        foreach (var some in measured)
                            await some.LookAsync(context.RequestAborted);
                        await next(context);
                    }
                ),
            null
        );

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }
}

/// <summary>Something that can be told in numbers.</summary>
internal interface IMeasured
{
    /// <summary>Once, before the first look.</summary>
    void Declare(Meter meter);

    /// <summary>Before each scrape: one picture, of which all its numbers are then taken.</summary>
    Task LookAsync(CancellationToken cancel);
}
