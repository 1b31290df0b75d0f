using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>Who may call what, made from the routes there are: a new one fails here until somebody has said who may call
/// it.</summary>
public sealed partial class RoleMatrixTests : IAsyncLifetime
{
    private const string Anybody = "anybody";

    private static readonly string Page = Path.Combine(Repository.Root, "docs", "security.md");

    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await DashboardServer.OpenAsync(
            // With a provider, which nobody asks here: that has a route of its own.
            serve: new() { Oidc = new(new("http://127.0.0.1:9"), "museum", null, "roles") },
            // A demo's: it has a kiosk too.
            kiosk: new PressingKiosk(new(1, "cluster", "lmnh", "topic"), (_, _) => throw new NotSupportedException()),
            users: ["viewer", "security", "operator"]
        );

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>Files are one row: those of the login page are for anybody.</summary>
    private IEnumerable<(string Method, string Path, string Role)> Routes() =>
        server
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(route => !Assets.All.ContainsKey(route.RoutePattern.RawText!.TrimStart('/')))
            .SelectMany(route =>
                (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
                    (Method: method, Path: "/" + route.RoutePattern.RawText!.Trim('/'), Role: RoleOf(route))
                )
            )
            .Distinct()
            .OrderBy(row => row.Path, StringComparer.Ordinal)
            .ThenBy(row => row.Method, StringComparer.Ordinal);

    private static string RoleOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? Anybody
            : route
                .Metadata.GetOrderedMetadata<IAuthorizeData>()
                .Select(data => data.Policy)
                .LastOrDefault(p => p is not null)
                ?? Roles.Viewer;

    [Fact]
    public async Task Every_route_is_in_the_documentation_with_the_role_it_asks_for()
    {
        var rows = Routes().Select(row => $"| {row.Method} | `{row.Path}` | {row.Role} |");
        var expected = string.Join('\n', ["| method | route | least role |", "|---|---|---|", .. rows]);

        var found = Table().Match(await File.ReadAllTextAsync(Page, Cancel)).Groups["rows"].Value;

        // The whole table, to be copied where it belongs.
        Assert.True(expected == found.Trim(), expected);
    }

    [Fact]
    public async Task Nobody_gets_what_their_role_may_not_and_everybody_what_it_may()
    {
        string[] callers = [Anybody, Roles.Viewer, Roles.Security, Roles.Operator];
        var cookies = new Dictionary<string, string?> { [Anybody] = null };
        foreach (var role in callers[1..])
            cookies[role] = await server.LoginAsync(role);
        // Those would end the sessions of this test.
        foreach (var (method, path, role) in Routes().Where(r => r.Path is not ("/logout" or "/login")))
        {
            foreach (var caller in callers)
            {
                var status = await CallAsync(method, path, cookies[caller]);
                var denied =
                    status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Redirect;
                var may = Array.IndexOf(callers, caller) >= Array.IndexOf(callers, role);
                if (role != Anybody)
                    Assert.True(may != denied, $"{method} {path} by {caller}: {status}, least role {role}");
                else
                    Assert.False(
                        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
                        $"{method} {path}: {status}"
                    );
            }
        }
    }

    private async Task<HttpStatusCode> CallAsync(string method, string path, string? cookie)
    {
        using var answer = await server.SendAsync(
            new HttpMethod(method),
            Parameter().Replace(path, "1"),
            method is "GET" or "HEAD" ? null : JsonContent.Create(new { }),
            cookie,
            ("X-Museum", "1")
        );
        return answer.StatusCode;
    }

    [Fact]
    public async Task Every_requirement_of_the_standard_is_there_once_and_the_tests_it_names_exist()
    {
        var text = await File.ReadAllTextAsync(Page, Cancel);
        var rows = text[text.IndexOf("## ASVS", StringComparison.Ordinal)..]
            .Split('\n')
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal))
            .ToList();
        var numbers = rows.SelectMany(row => Number().Matches(row.Split('|')[1]).Select(m => m.Value)).ToList();

        // Levels 1 and 2 of version 5.0.
        Assert.Equal((253, 253), (numbers.Count, numbers.Distinct().Count()));
        var types = typeof(RoleMatrixTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        Assert.Equal(
            [],
            rows.SelectMany(row => TestName().Matches(row).Select(m => m.Groups[1].Value))
                .Where(name => !types.Contains(name))
                .Distinct()
        );
    }

    [GeneratedRegex(@"<!-- routes -->(?<rows>.*)<!-- /routes -->", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b[0-9]+\.[0-9]+\.[0-9]+\b")]
    private static partial Regex Number();

    [GeneratedRegex(@"`([A-Za-z]+(?:Tests|Contract))`")]
    private static partial Regex TestName();
}
