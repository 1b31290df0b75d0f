using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>Who came, went and was turned away.</summary>
public sealed class AuditTrailTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<List<string>> RowsAsync(DashboardServer server)
    {
        var trail = server.Services.GetRequiredService<AuditTrail>();
        trail.CloseMinutes(all: true);
        await trail.WriteAsync();
        return
        [
            .. (await server.Store.Audit.AfterAsync(0, 100, Cancel))
                .Where(row => row.Event != "users add")
                .Select(row => $"{row.Event} {row.Who} ({row.Provider}) {row.Address} {row.Detail} ×{row.Times}"),
        ];
    }

    [Fact]
    public async Task Logins_logouts_and_denials_are_kept_with_name_provider_and_address()
    {
        await using var server = await DashboardServer.OpenAsync(users: "viewer");
        foreach (var password in (string[])["wrong wrong", "wrong again", "wrong at last"])
            await server.PostAsync("/login", new { name = "Viewer", password });
        var cookie = await server.LoginAsync("viewer");
        using var denied = await server.GetAsync("/api/v1/data/audit", cookie);
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        await server.PostAsync("/logout", new { }, cookie);

        var rows = await RowsAsync(server);

        Assert.Contains("login viewer (password) 127.0.0.1 viewer ×1", rows);
        Assert.Contains("logout viewer (password) 127.0.0.1  ×1", rows);
        Assert.Contains("denied viewer (password) 127.0.0.1 GET /api/v1/data/audit ×1", rows);
        // The three may lie in two minutes.
        Assert.Equal(
            3,
            rows.Where(r => r.StartsWith("login refused viewer", StringComparison.Ordinal))
                .Sum(r => int.Parse(r[(r.LastIndexOf('×') + 1)..], System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    [Fact]
    public async Task Guessing_costs_a_row_a_minute_and_not_one_a_guess()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await DashboardServer.OpenAsync(clock: clock, users: "viewer");
        for (var guess = 0; guess < 30; guess++)
            await server.PostAsync("/login", new { name = "viewer", password = "wrong wrong" });

        var rows = await RowsAsync(server);

        Assert.Equal(3, rows.Count);
        Assert.Contains("login refused viewer (password) 127.0.0.1  ×10", rows);
        Assert.Contains("login limited viewer (password) 127.0.0.1  ×10", rows);
        Assert.Contains("login limited  () 127.0.0.1  ×10", rows);
    }
}
