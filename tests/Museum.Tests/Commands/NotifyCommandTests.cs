using MuseumPipeline.Tests.Serve.Notices;

namespace MuseumPipeline.Tests.Commands;

public sealed class NotifyCommandTests : IAsyncLifetime
{
    private readonly MuseumProcess museum = new();

    public async ValueTask InitializeAsync() => Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);

    public ValueTask DisposeAsync()
    {
        museum.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Recipients_come_are_shown_and_go()
    {
        var added = await museum.RunAsync(
            "notify",
            "add",
            "duty",
            "--channel",
            "email",
            "--to",
            "duty@example.org",
            "--severity",
            "warning",
            "--hours",
            "08:00-18:00",
            "--museum",
            "lmnh"
        );
        Assert.True(added.ExitCode == 0, added.Error);
        Assert.StartsWith("writes to embedded ", added.Error, StringComparison.Ordinal);
        var taken = await museum.RunAsync("notify", "add", "duty", "--channel", "slack");
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains(
            "the name 'duty' is taken: museum notify remove duty removes the old one",
            taken.Error,
            StringComparison.Ordinal
        );

        var one = Assert.Single(
            (await museum.RunAsync("notify", "list", "--json")).Json.GetProperty("recipients").EnumerateArray()
        );
        Assert.Equal(
            ("email", "duty@example.org", "LMNH", "08:00-18:00"),
            (
                one.GetProperty("channel").GetString(),
                one.GetProperty("to").GetString(),
                one.GetProperty("museum").GetString(),
                one.GetProperty("hours").GetString()
            )
        );
        Assert.Equal(
            ["emergency", "escalation", "no-presses", "silent-kiosk"],
            one.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString())
        );
        Assert.Equal(0, (await museum.RunAsync("notify", "remove", "duty")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("notify", "remove", "duty")).ExitCode);
    }

    [Theory]
    [InlineData("--to: found ''", "--channel", "email")]
    [InlineData("--to: found 'x@example.org', expected none", "--channel", "slack", "--to", "x@example.org")]
    [InlineData("--to: found 'duty', expected an e-mail address", "--channel", "email", "--to", "duty")]
    [InlineData(
        "--severity: nothing of silent-kiosk matters so much; expected warning",
        "--channel",
        "slack",
        "--of",
        "silent-kiosk",
        "--severity",
        "critical"
    )]
    [InlineData("--hours: found '8-18'", "--channel", "slack", "--hours", "8-18")]
    [InlineData("--museum: found 'XX', expected one of LMNH", "--channel", "slack", "--museum", "XX")]
    public async Task What_cannot_be_a_recipient_says_why(string said, params string[] options)
    {
        var refused = await museum.RunAsync(["notify", "add", "duty", .. options]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(said, refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    public async Task What_is_no_name_is_refused(string name)
    {
        var refused = await museum.RunAsync("notify", "add", name, "--channel", "slack");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("expected 1 to 100 characters on one line", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_says_whether_it_was_taken_and_never_where_it_went()
    {
        await using var slack = await Receiver.StartAsync(Receiver.Slack);
        await museum.RunAsync("notify", "add", "duty", "--channel", "slack");
        var unset = await museum.RunAsync("notify", "test", "duty");
        museum.Environment["MUSEUM_SLACK"] = slack.Address;
        var taken = await museum.RunAsync("notify", "test", "duty");
        slack.Away = true;
        var away = await museum.RunAsync("notify", "test", "duty");

        Assert.Equal((4, 0, 4), (unset.ExitCode, taken.ExitCode, away.ExitCode));
        Assert.Contains("MUSEUM_SLACK is not set", unset.Error, StringComparison.Ordinal);
        Assert.Contains("Slack answered 503", away.Error, StringComparison.Ordinal);
        Assert.Single(slack.Taken);
        Assert.DoesNotContain("very-secret-part", away.Error + away.Out + taken.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sheet_of_a_week_comes_by_a_real_mail_server()
    {
        await using var mail = await SmtpServer.StartAsync();
        await museum.RunAsync("load", "-b", Samples.Day);
        string[] report = ["report", "--week", "2023-W10", "--for", "exhibitions", "--mail", "team@example.org"];
        var unset = await museum.RunAsync(report);
        museum.Environment["MUSEUM_SMTP"] = $"smtp://127.0.0.1:{mail.Port}";
        museum.Environment["MUSEUM_MAIL_FROM"] = "museum@example.org";
        var sent = await museum.RunAsync(report);

        Assert.Equal((3, 0), (unset.ExitCode, sent.ExitCode));
        Assert.Contains("MUSEUM_SMTP", unset.Error, StringComparison.Ordinal);
        Assert.Equal("Sent to team@example.org.", sent.Out.Trim());
        var letter = Assert.Single(mail.Letters);
        Assert.Contains("Content-Type: text/html", letter, StringComparison.Ordinal);
        Assert.Contains("Subject: The museum's week 2023-W10, for exhibitions", letter, StringComparison.Ordinal);
        // A timer that runs twice: the same letter.
        Assert.Equal(0, (await museum.RunAsync(report)).ExitCode);
        Assert.Single(mail.Letters.Select(IdOf).Distinct());
        Assert.Equal(
            0,
            (await museum.RunAsync([.. report.Select(word => word == "2023-W10" ? "last" : word)])).ExitCode
        );
        Assert.Equal(2, mail.Letters.Select(IdOf).Distinct().Count());

        static string IdOf(string text) =>
            text.Split('\n').Single(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase));
    }
}
