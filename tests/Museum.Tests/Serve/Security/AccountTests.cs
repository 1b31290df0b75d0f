using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Serve.Security;
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
        var (ticket, device) = await BeginAsync(cookie);
        Assert.Equal(HttpStatusCode.NoContent, await ConfirmAsync(ticket, CodeOf(device), cookie));
        // The next code: the first is used.
        clock.Advance(TimeSpan.FromSeconds(30));
        return device;
    }

    private async Task<(string Ticket, Totp Device)> BeginAsync(string cookie)
    {
        var (_, begun) = await PostAsync("/account/second-factor", new { current = DashboardServer.Password }, cookie);
        Assert.StartsWith(
            "data:image/svg+xml;base64,",
            begun.GetProperty("picture").GetString(),
            StringComparison.Ordinal
        );
        return (
            begun.GetProperty("ticket").GetString()!,
            new Totp(Base32Encoding.ToBytes(begun.GetProperty("secret").GetString()))
        );
    }

    private async Task<HttpStatusCode> ConfirmAsync(string ticket, string code, string cookie) =>
        (await PostAsync("/account/second-factor/confirm", new { ticket, code }, cookie)).Status;

    private async Task<string> ConfirmedAsync(string ticket, string code, string cookie)
    {
        using var answer = await server.PostAsync("/account/second-factor/confirm", new { ticket, code }, cookie);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return DashboardServer.CookieOf(answer).Split(';')[0];
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
    public async Task The_code_that_set_a_second_factor_up_is_used_and_so_is_its_ticket()
    {
        var cookie = await server.LoginAsync("security");
        var (ticket, device) = await BeginAsync(cookie);
        var code = CodeOf(device);
        cookie = await ConfirmedAsync(ticket, code, cookie);

        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync("security", code)).Status);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.NoContent, (await LoginAsync("security", CodeOf(device))).Status);
        // Taking it again would forget which codes were used, and needs no password.
        Assert.Equal(HttpStatusCode.BadRequest, await ConfirmAsync(ticket, CodeOf(device), cookie));
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync("security", CodeOf(device))).Status);
    }

    [Fact]
    public async Task A_ticket_is_worth_nothing_after_a_quarter_of_an_hour_and_with_another_password()
    {
        var cookie = await server.LoginAsync("security");
        var (ticket, device) = await BeginAsync(cookie);
        clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(HttpStatusCode.BadRequest, await ConfirmAsync(ticket, CodeOf(device), cookie));

        (ticket, device) = await BeginAsync(cookie);
        using var changed = await server.PostAsync(
            "/account/password",
            new { current = DashboardServer.Password, password = Next },
            cookie
        );
        cookie = DashboardServer.CookieOf(changed).Split(';')[0];
        Assert.Equal(HttpStatusCode.BadRequest, await ConfirmAsync(ticket, CodeOf(device), cookie));
    }

    /// <summary>The hash says by what it was made (ASP.NET Core Identity, version 3): function and rounds.</summary>
    [Fact]
    public void A_password_is_kept_under_many_rounds_of_a_slow_function_each_with_a_salt_of_its_own()
    {
        const int HmacSha512 = 2;
        var (one, other) = (Passwords.Hash(Next), Passwords.Hash(Next));
        var hash = Convert.FromBase64String(one);
        Assert.Equal(
            (1, HmacSha512, 210_000u),
            (
                hash[0],
                (int)BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)),
                BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5))
            )
        );
        Assert.NotEqual(one, other);
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
