using System.Diagnostics.Metrics;
using MuseumPipeline.Source;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MuseumPipeline.Serve.Health;

/// <summary>
/// Metrics and traces to a collector (OTLP), where the environment's OTEL_EXPORTER_OTLP_ENDPOINT names one; the rest of
/// OTEL_ means what the standard says. The numbers are those of <c>/metrics</c>. A collector that is away costs
/// nothing but the numbers.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    /// <summary>What is exported was looked at no longer ago.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly Meter meter = new(Tracing.Name);
    private readonly MeterProvider metrics;
    private readonly TracerProvider traces;
    private readonly IReadOnlyList<IMeasured> measured;
    private readonly CancellationTokenSource ended = new();
    private readonly Task looking;

    /// <summary>Null where nobody collects.</summary>
    public static OtlpExport? Open(TimeProvider clock, params IReadOnlyList<IMeasured> measured) =>
        IsWanted(Environment.GetEnvironmentVariable) ? new(clock, measured) : null;

    internal static bool IsWanted(Func<string, string?> variable) =>
        variable("OTEL_SDK_DISABLED")?.Equals("true", StringComparison.OrdinalIgnoreCase) != true
        && Array.Exists(
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            ],
            key => variable(key) is { Length: > 0 }
        );

    private OtlpExport(TimeProvider clock, IReadOnlyList<IMeasured> measured)
    {
        this.measured = measured;
        var resource = ResourceBuilder
            .CreateEmpty()
            .AddService(Tracing.Name, serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString(3))
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([Tracing.Name, .. Metrics.Others])
            // Meters are found by name, in all of the process: the endpoint's own are told there.
            .AddView(instrument =>
                instrument.Meter.Name == Tracing.Name && instrument.Meter != meter
                    ? MetricStreamConfiguration.Drop
                    : null
            )
            .AddOtlpExporter()
            .Build();
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Tracing.Name)
            .AddOtlpExporter()
            .Build();
        foreach (var some in measured)
            some.Declare(meter);
        looking = Task.Run(() => LookAsync(clock));
    }

    private async Task LookAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        try
        {
            do await LookOnceAsync(ended.Token);
            while (await timer.WaitForNextTickAsync(ended.Token));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The program is at its end.
        }
    }

    private async Task LookOnceAsync(CancellationToken cancel)
    {
        foreach (var some in measured)
            await some.LookAsync(cancel);
    }

    /// <summary>What is counted since the last time goes out too.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await looking;
        using var soon = new CancellationTokenSource(Farewell);
        try
        {
            await LookOnceAsync(soon.Token);
        }
        catch (OperationCanceledException)
        {
            // The last numbers are those before.
        }

        metrics.ForceFlush((int)Farewell.TotalMilliseconds);
        traces.ForceFlush((int)Farewell.TotalMilliseconds);
        metrics.Dispose();
        traces.Dispose();
        meter.Dispose();
        ended.Dispose();
    }
}
