using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load;
using MuseumPipeline.Run;
using MuseumPipeline.View.Api;
using MuseumPipeline.View.Pages;
using MuseumPipeline.View.Security;

namespace MuseumPipeline.View;

/// <summary>
/// The dashboard's server: pages, API and live events over one store. Kestrel and nothing of a host's usual surroundings: no configuration of
/// anybody else's, no signals of its own; the command decides when it ends.
/// </summary>
public sealed class Dashboard : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly WebApplication app;

    private Dashboard(DashboardOptions options, IStore store, TimeProvider clock, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(options.Listen);
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(store).AddSingleton(clock).AddSingleton(options);
        builder.Services.AddRoutingCore();
        builder.Services.AddAuthentication(Everybody.Name).AddScheme<AuthenticationSchemeOptions, Everybody>(Everybody.Name, null);
        builder.Services.AddAuthorization(Access.Declare);
        builder.Services.AddDashboardApi();
        app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPages();
        app.MapDashboardApi();
    }

    /// <summary>Where it listens, for a browser: the port as bound.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <exception cref="MuseumException">The address cannot be listened on.</exception>
    public static async Task<Dashboard> OpenAsync(DashboardOptions options, IStore store, TimeProvider clock, ILoggerFactory logs, CancellationToken cancel)
    {
        var dashboard = new Dashboard(options, store, clock, logs);
        try
        {
            await dashboard.app.StartAsync(cancel);
            return dashboard;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await dashboard.app.DisposeAsync();
            throw new MuseumException(ExitCode.Configuration, $"MUSEUM_LISTEN: found {options.Listen}, which cannot be listened on ({e.Message}); expected a free port of an address of this machine", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(Farewell);
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
    }
}

/// <param name="Listen">Port 0 takes any that is free.</param>
public sealed record DashboardOptions(IPEndPoint Listen);
