using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace MuseumPipeline.Serve.Health;

/// <summary><c>GET /metrics</c> for Prometheus: our own metrics, and those of the runtime, Kestrel and Npgsql. Nothing
/// else uses OpenTelemetry, so that a process without the endpoint never loads it.</summary>
internal sealed class Metrics : IDisposable
{
    public const string Path = "/metrics";
    private const string Name = "museum";

    /// <summary>Their labels are bounded: methods, status codes and versions of protocols from fixed lists, and
    /// addresses this process listens on.</summary>
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
            // The environment's OTEL_ settings do not apply.
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Name, autoGenerateServiceInstanceId: false))
            .AddMeter([Name, .. Others])
            // Meters are found by name in the whole process: each endpoint exposes its own.
            .AddView(instrument =>
                instrument.Meter.Name == Name && instrument.Meter != meter ? MetricStreamConfiguration.Drop : null
            )
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
                // Reports what /health would say at this moment.
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

/// <summary>A source of metrics.</summary>
internal interface IMeasured
{
    /// <summary>Called once, before the first scrape.</summary>
    void Declare(Meter meter);

    /// <summary>Called before each scrape: takes one snapshot, from which all its numbers are then read.</summary>
    Task LookAsync(CancellationToken cancel);
}
