using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Serve.Security.Accounts;
using OtpNet;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>What people change about their own login.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private const string Next = "seventeen quiet walruses";

    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await DashboardServer.OpenAsync(clock: clock, users: ["viewer", "security"]);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<HttpStatusCode> LookAsync(string cookie) =>
        (await server.GetAsync("/account/me", cookie)).StatusCode;

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(
        string path,
        object body,
        string? cookie = null
    )
    {
        using var answer = await server.PostAsync(path, body, cookie);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Sets a second factor up as the page does, and returns what the device knows.</summary>
    private async Task<Totp> EnrolAsync(string name)
    {
        var cookie = await server.LoginAsync(name);
        var (_, begun) = await PostAsync("/account/second-factor", new { current = DashboardServer.Password }, cookie);
        Assert.StartsWith(
            "data:image/svg+xml;base64,",
            begun.GetProperty("picture").GetString(),
            StringComparison.Ordinal
        );
        var device = new Totp(Base32Encoding.ToBytes(begun.GetProperty("secret").GetString()));
        var (status, _) = await PostAsync(
            "/account/second-factor/confirm",
            new { ticket = begun.GetProperty("ticket").GetString(), code = CodeOf(device) },
            cookie
        );
        Assert.Equal(HttpStatusCode.NoContent, status);
        return device;
    }

    private string CodeOf(Totp device) => device.ComputeTotp(clock.GetUtcNow().UtcDateTime);

    private Task<(HttpStatusCode Status, JsonElement Answer)> LoginAsync(string name, string? code) =>
        PostAsync(
            "/login",
            new
            {
                name,
                password = DashboardServer.Password,
                code,
            }
        );

    [Fact]
    public async Task The_own_password_is_changed_with_the_old_one_and_every_other_session_ends()
    {
        var (here, elsewhere) = (await server.LoginAsync("viewer"), await server.LoginAsync("viewer"));

        var (wrong, _) = await PostAsync("/account/password", new { current = "wrong wrong", password = Next }, here);
        using var changed = await server.PostAsync(
            "/account/password",
            new { current = DashboardServer.Password, password = Next },
            here
        );

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NoContent), (wrong, changed.StatusCode));
        Assert.Equal(HttpStatusCode.OK, await LookAsync(DashboardServer.CookieOf(changed).Split(';')[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(elsewhere));
        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(here));
        await server.LoginAsync("viewer", Next);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync("viewer", null)).Status);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("password123")]
    [InlineData("P@ssw0rd2026!")]
    [InlineData("Liverpool2026")]
    [InlineData("1234567890")]
    [InlineData("qwertyuiop")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("viewerviewer1")]
    [InlineData("museum museum")]
    [InlineData("iloveyou123")]
    [InlineData("q1w2e3r4t5")]
    [InlineData("HarryPotter")]
    public async Task A_password_that_everybody_tries_first_is_refused(string common)
    {
        var cookie = await server.LoginAsync("viewer");
        var (status, answer) = await PostAsync(
            "/account/password",
            new { current = DashboardServer.Password, password = common },
            cookie
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("the password is ", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DashboardServer.Password)]
    [InlineData("battery staple")]
    [InlineData("Thursday's otters")]
    [InlineData("kX7#pQ2m!vRz")]
    public void Any_other_is_taken(string password) => Assert.Null(PasswordRules.Fault(password, "ada"));

    [Fact]
    public async Task With_a_second_factor_the_password_alone_lets_nobody_in_and_each_code_once()
    {
        var device = await EnrolAsync("security");

        var (without, answer) = await LoginAsync("security", null);
        Assert.Equal((HttpStatusCode.Unauthorized, true), (without, answer.GetProperty("code").GetBoolean()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync("security", "000000")).Status);
        var code = CodeOf(device);
        Assert.Equal(HttpStatusCode.NoContent, (await LoginAsync("security", code)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync("security", code)).Status);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.NoContent, (await LoginAsync("security", CodeOf(device))).Status);
    }

    [Fact]
    public async Task Whoever_does_not_know_the_password_is_not_told_that_there_is_a_second_factor()
    {
        await EnrolAsync("security");
        var (status, answer) = await PostAsync("/login", new { name = "security", password = "wrong wrong" });
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.False(answer.TryGetProperty("code", out _));
    }

    [Fact]
    public async Task The_secret_is_in_the_database_sealed_and_goes_with_the_password_alone()
    {
        var device = await EnrolAsync("security");
        var user = (await server.Store.Users.ListAsync(Cancel)).Single(u => u.Name == "security");
        Assert.NotNull(user.SecondFactor);

        using var entered = await server.PostAsync(
            "/login",
            new
            {
                name = "security",
                password = DashboardServer.Password,
                code = CodeOf(device),
            }
        );
        var cookie = DashboardServer.CookieOf(entered).Split(';')[0];
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await PostAsync("/account/second-factor/remove", new { current = "wrong wrong" }, cookie)).Status
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (
                await PostAsync("/account/second-factor/remove", new { current = DashboardServer.Password }, cookie)
            ).Status
        );
        Assert.Equal(HttpStatusCode.NoContent, (await LoginAsync("security", null)).Status);
    }

    [Fact]
    public async Task A_ticket_of_somebody_elses_sets_nothing()
    {
        var viewer = await server.LoginAsync("viewer");
        var (_, begun) = await PostAsync("/account/second-factor", new { current = DashboardServer.Password }, viewer);
        var device = new Totp(Base32Encoding.ToBytes(begun.GetProperty("secret").GetString()));
        var (status, answer) = await PostAsync(
            "/account/second-factor/confirm",
            new { ticket = begun.GetProperty("ticket").GetString(), code = CodeOf(device) },
            await server.LoginAsync("security")
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(
            "the code does not fit: check the clock of the device",
            answer.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }
}
