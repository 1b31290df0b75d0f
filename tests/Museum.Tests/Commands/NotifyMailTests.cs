using MuseumPipeline.Tests.Serve.Notices;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

/// <summary>Mail to a real server with TLS. Who signs certificates is what the system says (SSL_CERT_FILE).</summary>
public sealed class NotifyMailTests : IAsyncLifetime
{
    private readonly MuseumProcess museum = new();

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SSL_CERT_FILE is OpenSSL's");
        museum.Environment["MUSEUM_MAIL_FROM"] = "museum@example.org";
        museum.Environment["MUSEUM_LOG"] = "file";
        museum.Environment["MUSEUM_LOG_LEVEL"] = "debug";
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        await museum.RunAsync("notify", "add", "duty", "--channel", "email", "--to", "duty@example.org");
    }

    public ValueTask DisposeAsync()
    {
        museum.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<MuseumProcess.Outcome> TestAsync(
        SmtpServer server,
        string scheme,
        string authority,
        string password = SmtpServer.Password
    )
    {
        museum.Environment["MUSEUM_SMTP"] = $"{scheme}://localhost:{server.Port}";
        museum.Environment["MUSEUM_SMTP_USERNAME"] = SmtpServer.User;
        museum.Environment["MUSEUM_SMTP_PASSWORD"] = password;
        museum.Environment["SSL_CERT_FILE"] = authority;
        var outcome = await museum.RunAsync("notify", "test", "duty");
        foreach (var file in Directory.GetFiles(museum.Directory, "*", SearchOption.AllDirectories))
            AssertNoSecret(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        AssertNoSecret(outcome.Out + outcome.Error);
        return outcome;

        void AssertNoSecret(string text) => Assert.DoesNotContain(password, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("smtps")]
    public async Task A_letter_goes_out_encrypted_after_a_login(string scheme)
    {
        await using var server = await SmtpServer.StartAsync(scheme, TestCertificates.For("localhost"));
        var sent = await TestAsync(server, scheme, server.Authority);

        Assert.True(sent.ExitCode == 0, sent.Error);
        Assert.Contains("A test of Museum Pipeline", Assert.Single(server.Letters), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtp", "localhost", false)]
    [InlineData("smtps", "localhost", false)]
    [InlineData("smtp", "mail.example.org", true)]
    [InlineData("smtps", "mail.example.org", true)]
    public async Task No_letter_goes_to_a_server_whose_certificate_is_not_believed(
        string scheme,
        string name,
        bool known
    )
    {
        await using var server = await SmtpServer.StartAsync(scheme, TestCertificates.For(name));
        await using var other = await SmtpServer.StartAsync("smtps", TestCertificates.For("localhost"));
        var refused = await TestAsync(server, scheme, known ? server.Authority : other.Authority);

        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("duty was not told: localhost: its certificate ", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Complaints.Trim().Split('\n'));
        Assert.Empty(server.Letters);
    }

    [Fact]
    public async Task A_password_that_is_wrong_is_named_as_such_and_not_shown()
    {
        await using var server = await SmtpServer.StartAsync("smtps", TestCertificates.For("localhost"));
        var refused = await TestAsync(server, "smtps", server.Authority, "marker-of-a-wrong-password");

        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("535", refused.Error, StringComparison.Ordinal);
        Assert.Empty(server.Letters);
    }

    /// <summary>Without encryption no login is offered, and none is tried in the clear.</summary>
    [Fact]
    public async Task A_server_that_wants_tls_is_not_spoken_to_without()
    {
        await using var server = await SmtpServer.StartAsync("smtps", TestCertificates.For("localhost"));
        var refused = await TestAsync(server, "smtp", server.Authority);

        Assert.Equal(4, refused.ExitCode);
        Assert.Empty(server.Letters);
    }
}
