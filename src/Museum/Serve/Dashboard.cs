using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Serve.Api;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Serve.Notices;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Serve.Security.Accounts;
using MuseumPipeline.Serve.Security.Local;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve;

/// <summary>The dashboard's server: pages, API and live events over one store. Kestrel without the usual host: no
/// foreign configuration, no signal handling of its own; the command decides when it ends.</summary>
internal sealed class Dashboard : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly WebApplication app;

    private Dashboard(DashboardOptions options, Gate gate, MuseumStore store, TimeProvider clock, ILoggerFactory logs)
    {
        var certificate = options.Serve.Tls is { } files ? new Certificate(files, clock, logs) : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 64 * 1024;
                // What a page has not taken yet waits in memory: three thousand pages that are told a hundred kilobytes
                // at once would need 300 MB.
                kestrel.Limits.MaxResponseBufferSize = LiveEndpoint.Piece;
                kestrel.Listen(
                    options.Listen,
                    listen =>
                    {
                        if (certificate is not null)
                            listen.UseHttps(
                                new TlsHandshakeCallbackOptions
                                {
                                    OnConnection = _ => ValueTask.FromResult(certificate.Options),
                                }
                            );
                    }
                );
            });
        if (certificate is not null)
            builder.Services.AddHostedService(_ => certificate);
        AddServices(builder.Services, options, gate, store, clock, logs);
        app = builder.Build();
        Use(app, gate);
        app.MapPages();
        app.MapLogin(gate);
        app.MapAccount();
        app.MapDashboardApi();
        if (options.Kiosk is { } kiosk)
            app.MapKiosk(kiosk);
    }

    /// <summary>Its address for a browser, with the bound port.</summary>
    public Uri Address =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Whether visitors must log in.</summary>
    public bool LoginRequired => app.Services.GetRequiredService<Users>().LoginRequired;

    /// <summary>Whether everybody on this machine is let in without a login.</summary>
    public bool Open => !LoginRequired && app.Services.GetRequiredService<Gate>().Open;

    /// <summary>Lets one browser in, once, as long as there are no users.</summary>
    public Uri OneTimeAddress => new(Address, app.Services.GetRequiredService<OneTimeAddress>().Path);

    /// <summary>Open pages that receive live events.</summary>
    public int Streams => app.Services.GetRequiredService<LiveFeed>().Streams;

    /// <summary>Whether presses of the museums arrive.</summary>
    public Task<IReadOnlyList<Reception>> ReceptionsAsync(CancellationToken cancel) =>
        app.Services.GetRequiredService<Receptions>().CurrentAsync(cancel);

    /// <summary>For tests that need the services behind it.</summary>
    internal IServiceProvider Services => app.Services;

    /// <exception cref="AddressTakenException">The address cannot be listened on.</exception>
    /// <exception cref="MuseumException">The address must not be listened on without a login or encryption.</exception>
    public static async Task<Dashboard> OpenAsync(
        DashboardOptions options,
        MuseumStore store,
        TimeProvider clock,
        ILoggerFactory logs,
        CancellationToken cancel
    )
    {
        var dashboard = new Dashboard(
            options,
            await Gate.DecideAsync(options, store.Users, cancel),
            store,
            clock,
            logs
        );
        try
        {
            await dashboard.Services.GetRequiredService<Users>().RefreshAsync(cancel);
            await dashboard.app.StartAsync(cancel);
            return dashboard;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // Stopped, not just disposed: background work that is running must not take this for a failure.
            await dashboard.DisposeAsync();
            throw new AddressTakenException(options.Listen, e);
        }
    }

    private static void AddServices(
        IServiceCollection services,
        DashboardOptions options,
        Gate gate,
        MuseumStore store,
        TimeProvider clock,
        ILoggerFactory logs
    )
    {
        services.AddSingleton<IHostLifetime, NoSignals>().AddSingleton<IMemoryPoolFactory<byte>, Blocks>();
        services.AddSingleton(logs);
        services.AddSingleton(store).AddSingleton(store.Counts).AddSingleton(store.Quarantine);
        services.AddSingleton(store.HelpCalls).AddSingleton(store.Incidents).AddSingleton(store.Partitions);
        services
            .AddSingleton(store.Users)
            .AddSingleton(store.CookieKeys)
            .AddSingleton(store.Events)
            .AddSingleton(store.Tokens);
        services
            .AddSingleton(store.Annotations)
            .AddSingleton(store.Targets)
            .AddSingleton(store.FloorPlans)
            .AddSingleton(store.Notices);
        services.AddSingleton(store.Runs).AddSingleton(store.Ledger).AddSingleton(store.OperatorLog);
        services.AddSingleton(store.Audit).AddSingleton<AuditTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton(clock).AddSingleton(options).AddSingleton(gate);
        services.AddRoutingCore();
        services.AddLogin(gate);
        services.AddAuthorization(Access.Declare);
        services.AddRateLimiter(Limits.Declare);
        services.AddSingleton<Familiar>();
        services.AddKeyedSingleton(
            Limits.Login,
            (provider, _) => Limits.ByName(provider.GetRequiredService<Familiar>())
        );
        services.AddProblemDetails();
        services.AddExceptionHandler<Faults>();
        // Never the live events: their media type is not among the default ones, and must not be. No answer mixes a
        // secret with a stranger's text.
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "text/csv"];
        });
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            foreach (var network in gate.Settings.TrustedProxies)
                forwarded.KnownIPNetworks.Add(network);
        });
        services.AddDashboardApi();
        services.AddSingleton<Fates>();
        services
            .AddSingleton<LiveEvents>()
            .AddSingleton<StreamLimits>()
            .AddSingleton<LiveFeed>()
            .AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        if (gate.Settings.Webhook is { } webhook)
            services.AddSingleton(_ => new Webhook(webhook, clock));
        services.AddHostedService<Escalator>();
        services
            .AddSingleton(provider => new Channels(
                gate.Settings.Notices,
                provider.GetService<Webhook>(),
                gate.Settings.PublicUrl
            ))
            .AddSingleton<Happenings>()
            .AddHostedService<Notifier>();
    }

    private static void Use(WebApplication app, Gate gate)
    {
        if (gate.Settings.BehindProxy)
            app.UseForwardedHeaders();
        app.UsePrefix(gate.Settings.Prefix);
        app.UseHeaders();
        app.UseResponseCompression();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseVisitors(gate);
        app.UseHead();
        app.UseRouting();
        // Whether a login is required depends on the users.
        app.Use(
            async (context, next) =>
            {
                await context.RequestServices.GetRequiredService<Users>().RefreshAsync(context.RequestAborted);
                await next(context);
            }
        );
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseSight();
        app.UseValidators();
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(Farewell);
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
    }
}

/// <summary>The port is taken, or it is not an address of this machine.</summary>
internal sealed class AddressTakenException(IPEndPoint address, Exception inner)
    : MuseumException(
        ExitCode.Configuration,
        $"MUSEUM_LISTEN: found {address}, which cannot be listened on ({inner.Message}); expected a free port of "
            + $"an address of this machine",
        inner
    );

/// <param name="Listen">Port 0 takes any free one.</param>
internal sealed record DashboardOptions(IPEndPoint Listen)
{
    /// <summary>How it is reached, who may log in, and who is alerted.</summary>
    public ServeSettings Serve { get; init; } = new();

    /// <summary>The target for exhibitions.</summary>
    public RatingTarget Target { get; init; } = RatingTarget.Of(null);

    /// <summary>The rules for judging held records again; those of history if null.</summary>
    public LoadOptions? Replay { get; init; }

    /// <summary>Where single records can be read again; null: nowhere.</summary>
    public RecordPlaces? Records { get; init; }

    /// <summary>A kiosk on a page of its own; only a demo has one.</summary>
    public PressingKiosk? Kiosk { get; init; }
}
