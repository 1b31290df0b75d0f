using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class VisitorsTests : IAsyncLifetime
{
    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await DashboardServer.OpenAsync(users: "viewer");

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(null, null, "1", HttpStatusCode.NoContent)]
    [InlineData("own", "same-origin", "1", HttpStatusCode.NoContent)]
    [InlineData("own", "same-origin", null, HttpStatusCode.Forbidden)]
    [InlineData("own", null, "yes", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example", null, "1", HttpStatusCode.Forbidden)]
    [InlineData("null", null, "1", HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", "1", HttpStatusCode.Forbidden)]
    [InlineData("own", "same-site", "1", HttpStatusCode.Forbidden)]
    [InlineData(null, "none", "1", HttpStatusCode.Forbidden)]
    public async Task A_change_must_come_from_a_page_of_ours(
        string? origin,
        string? site,
        string? header,
        HttpStatusCode expected
    )
    {
        var cookie = await server.LoginAsync("viewer");
        List<(string, string)> headers = [];
        if (origin is not null)
            headers.Add(("Origin", origin == "own" ? Own : origin));
        if (site is not null)
            headers.Add(("Sec-Fetch-Site", site));
        if (header is not null)
            headers.Add(("X-Museum", header));
        using var answer = await server.SendAsync(HttpMethod.Post, "/logout", null, cookie, [.. headers]);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("own", null, HttpStatusCode.SeeOther)]
    [InlineData(null, "same-origin", HttpStatusCode.SeeOther)]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example", "cross-site", HttpStatusCode.Forbidden)]
    public async Task A_form_needs_the_browsers_word_instead_of_the_header(
        string? origin,
        string? site,
        HttpStatusCode expected
    )
    {
        List<(string, string)> headers = [];
        if (origin is not null)
            headers.Add(("Origin", origin == "own" ? Own : origin));
        if (site is not null)
            headers.Add(("Sec-Fetch-Site", site));
        using var form = new FormUrlEncodedContent([new("name", "viewer"), new("password", DashboardServer.Password)]);
        using var answer = await server.SendAsync(HttpMethod.Post, "/login", form, null, [.. headers]);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/ratings")]
    [InlineData("/api/v1/me")]
    [InlineData("/no/such/page")]
    public async Task Every_answer_tells_the_browser_what_not_to_do(string path)
    {
        foreach (var cookie in new[] { null, await server.LoginAsync("viewer") })
        {
            using var answer = await server.GetAsync(path, cookie);
            string Header(string name) =>
                answer.Headers.TryGetValues(name, out var values) ? string.Join(' ', values) : "";
            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
                    + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                Header("Content-Security-Policy")
            );
            Assert.Equal(
                ("nosniff", "no-referrer", "same-origin", "same-origin", ""),
                (
                    Header("X-Content-Type-Options"),
                    Header("Referrer-Policy"),
                    Header("Cross-Origin-Opener-Policy"),
                    Header("Cross-Origin-Resource-Policy"),
                    Header("Server")
                )
            );
            Assert.Contains("camera=()", Header("Permissions-Policy"), StringComparison.Ordinal);
            if (path.StartsWith("/api", StringComparison.Ordinal))
                Assert.Equal("no-store", Header("Cache-Control"));
        }
    }

    /// <summary>A proxy could see one request where the server sees two.</summary>
    [Theory]
    [InlineData("Content-Length: 6|Transfer-Encoding: chunked", "0||GET /login HTTP/1.1|Host: localhost||")]
    [InlineData("Content-Length: 6|Content-Length: 5", "abcdef")]
    [InlineData("Transfer-Encoding: xchunked", "0||")]
    [InlineData("Transfer-Encoding : chunked", "0||")]
    [InlineData("Host: evil.example", "")]
    public async Task A_request_that_can_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(
        string headers,
        string body
    )
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Cancel);
        var stream = client.GetStream();
        var request = $"POST /login HTTP/1.1|Host: localhost|X-Museum: 1|{headers}||{body}";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(request.Replace("|", "\r\n", StringComparison.Ordinal)),
            Cancel
        );
        using var reader = new StreamReader(stream);
        var answers = (await reader.ReadToEndAsync(Cancel)).Split("HTTP/1.1 ");
        Assert.StartsWith("400 ", answers[1], StringComparison.Ordinal);
        Assert.Equal(2, answers.Length);
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("TRACK")]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    public async Task A_method_that_no_page_uses_is_refused_and_repeats_nothing(string method)
    {
        var cookie = await server.LoginAsync("viewer");
        using var answer = await server.SendAsync(new(method), "/api/v1/me", null, cookie, ("X-Museum", "1"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.DoesNotContain(cookie, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_ours_is_told_without_its_cause()
    {
        var cookie = await server.LoginAsync("viewer");
        await server.Database.QueryAsync("drop table annotation");
        using var answer = await server.GetAsync("/api/v1/annotations", cookie);
        var told = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.InRange((int)answer.StatusCode, 500, 503);
        Assert.DoesNotContain("annotation", told, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("SQL", told, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" at Museum", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_has_not_changed_is_not_sent_again_and_comes_compressed()
    {
        using var first = await server.GetAsync("/login", null, ("Accept-Encoding", "gzip, br"));
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        Assert.Equal("br", Assert.Single(first.Content.Headers.ContentEncoding));
        using var second = await server.GetAsync("/login", null, ("If-None-Match", first.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Exports_are_limited_and_views_are_not()
    {
        var cookie = await server.LoginAsync("viewer");
        var exports = new List<HttpStatusCode>();
        for (var export = 0; export < 31; export++)
            exports.Add((await server.GetAsync("/api/v1/museums?format=csv", cookie)).StatusCode);
        Assert.Equal(
            (30, HttpStatusCode.TooManyRequests),
            (exports.Count(status => status == HttpStatusCode.OK), exports[^1])
        );
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/museums", cookie)).StatusCode);
    }

    private string Own => server.Address.GetLeftPart(UriPartial.Authority);
}
