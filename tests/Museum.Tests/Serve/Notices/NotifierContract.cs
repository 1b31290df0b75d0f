using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Serve.Notices;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Notices;
using MuseumPipeline.Tests.Serve.Incidents;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Notices;

public sealed class SqliteNotifierTests() : NotifierContract(TestStore.SqliteAsync);

public sealed class PostgresNotifierTests(PostgresServer server)
    : NotifierContract(() => TestStore.PostgresAsync(server));

/// <summary>Two servers over one database, and receivers as strict as their published descriptions.</summary>
public abstract class NotifierContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private const string PagerDutyKey = "0123456789abcdef0123456789abcdef";
    private const string WebhookKey = "fedcba9876543210fedcba9876543210";
    private static readonly string[] Messengers = ["slack", "teams", "pagerduty"];
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private static readonly OperatorMove Move = new("test", "notify add", "");

    private readonly FakeTimeProvider clock = new(Now);
    private readonly Notes notes = new();
    private readonly List<IDisposable> open = [];
    private MuseumStore store = null!,
        other = null!;
    private LivePresses presses = null!;
    private Receiver slack = null!,
        teams = null!,
        pager = null!;

    protected override async ValueTask BeginAsync()
    {
        (store, other) = (Database.Another(clock), Database.Another(clock));
        presses = await LivePresses.BeginAsync(store);
        slack = await Receiver.StartAsync(Receiver.Slack);
        teams = await Receiver.StartAsync(Receiver.Teams, accepted: 202);
        pager = await Receiver.StartAsync(Receiver.PagerDuty, accepted: 202);
    }

    protected override async ValueTask EndAsync()
    {
        open.ForEach(one => one.Dispose());
        await slack.DisposeAsync();
        await teams.DisposeAsync();
        await pager.DisposeAsync();
        await store.DisposeAsync();
        await other.DisposeAsync();
    }

    private Notifier Server(MuseumStore over, MailSettings? mail = null, Webhook? webhook = null)
    {
        var cubes = new HourCube(over.Counts, clock);
        var receptions = new Receptions(over.Partitions, cubes, clock);
        var channels = new Channels(
            new NoticeSettings
            {
                Mail = mail,
                Slack = new Secret(slack.Address),
                Teams = new Secret(teams.Address),
                PagerDuty = new Secret(PagerDutyKey),
                PagerDutyAddress = new Uri(pager.Address),
            },
            webhook,
            new Uri("https://host.example/museum")
        );
        open.AddRange([cubes, receptions, channels]);
        return new(
            over.Notices,
            new Happenings(over.HelpCalls, receptions, new LastPresses(over.Counts), RatingTarget.Of(null), clock),
            channels,
            cubes,
            clock,
            new LoggerFactory([notes])
        );
    }

    private async Task AddAsync(string channel, Func<Recipient, Recipient>? with = null)
    {
        var recipient = new Recipient(
            channel,
            channel,
            channel == "email" ? "duty@example.org" : null,
            null,
            [NoticeKind.Emergency],
            null,
            null,
            clock.GetUtcNow()
        );
        Assert.True(await store.Notices.AddAsync(with?.Invoke(recipient) ?? recipient, Move, Cancel));
    }

    private static Task LookAsync(params IReadOnlyList<Notifier> servers) =>
        Task.WhenAll(
            servers.Select(async server =>
            {
                await server.QueueAsync(Cancel);
                await server.SendAsync(Cancel);
            })
        );

    [Fact]
    public async Task Every_messenger_is_told_of_an_emergency_once_by_one_of_two_servers()
    {
        foreach (var channel in Messengers)
            await AddAsync(channel);
        await presses.EmergencyAsync(Now);
        Notifier one = Server(store),
            two = Server(other);
        for (var look = 0; look < 4; look++)
        {
            await LookAsync(one, two);
            clock.Advance(TimeSpan.FromSeconds(90));
        }

        Assert.All([slack, teams, pager], receiver => Assert.Empty(receiver.Refused));
        Assert.Equal(
            "Emergency at The Crenshaw Collection (floor 2)",
            Assert.Single(slack.Taken).GetProperty("text").GetString()
        );
        Assert.Single(teams.Taken);
        var alert = Assert.Single(pager.Taken);
        Assert.Equal(
            ("critical", PagerDutyKey),
            (
                alert.GetProperty("payload").GetProperty("severity").GetString(),
                alert.GetProperty("routing_key").GetString()
            )
        );
    }

    /// <summary>Names come from the bucket. In what a messenger formats they could call everybody, or lead elsewhere
    /// under a friendly name.</summary>
    [Fact]
    public async Task What_a_bucket_calls_an_exhibition_is_text_to_every_messenger()
    {
        const string Name = "<!channel> <http://evil.example|Sharks> [Sharks](http://evil.example) & *bold*";
        await store.Museums.UpsertExhibitionAsync(
            1,
            new ExhibitionFacts("EXH_02", "2", Name, "2", "Zoology", new DateOnly(2021, 3, 3), "…"),
            Cancel
        );
        foreach (var channel in Messengers)
            await AddAsync(channel);
        await presses.EmergencyAsync(Now);
        await LookAsync(Server(store));

        Assert.All([slack, teams, pager], receiver => Assert.Empty(receiver.Refused));
        var told = Assert.Single(slack.Taken);
        Assert.DoesNotContain('<', told.GetProperty("text").GetString()!);
        Assert.Contains("&lt;!channel&gt; ", told.GetProperty("text").GetString()!, StringComparison.Ordinal);
        Assert.Equal(
            ["plain_text", "plain_text", "mrkdwn"],
            told.GetProperty("blocks")
                .EnumerateArray()
                .Select(b => b.GetProperty("text").GetProperty("type").GetString())
        );
        Assert.All(
            Assert
                .Single(teams.Taken)
                .GetProperty("attachments")[0]
                .GetProperty("content")
                .GetProperty("body")
                .EnumerateArray(),
            block =>
            {
                // Markdown is read in a TextBlock, and not in a run of a RichTextBlock.
                Assert.Equal("RichTextBlock", block.GetProperty("type").GetString());
                Assert.Contains(
                    Name,
                    block.GetProperty("inlines")[0].GetProperty("text").GetString()!,
                    StringComparison.Ordinal
                );
            }
        );
    }

    [Fact]
    public async Task What_would_turn_an_alert_around_is_told_as_its_code()
    {
        await store.Museums.UpsertExhibitionAsync(
            1,
            new ExhibitionFacts("EXH_02", "2", "Sharks\u202Egnp.exe\n", "2", "Zoology", new DateOnly(2021, 3, 3), "…"),
            Cancel
        );
        await AddAsync(Messengers[0]);
        await presses.EmergencyAsync(Now);
        await LookAsync(Server(store));

        var told = Assert.Single(slack.Taken).GetProperty("text").GetString()!;
        Assert.Contains("Sharks\\u{202E}gnp.exe\\u{A}", told, StringComparison.Ordinal);
    }

    /// <summary>To the page of the address that people use, also under a path.</summary>
    [Fact]
    public async Task Every_messenger_links_to_the_page_that_says_more()
    {
        foreach (var channel in Messengers)
            await AddAsync(channel);
        await presses.EmergencyAsync(Now);
        await LookAsync(Server(store));

        const string Page = "https://host.example/museum/safety?museum=LMNH&range=today";
        Assert.All([slack, teams, pager], receiver => Assert.Empty(receiver.Refused));
        Assert.Equal(
            $"<{Page.Replace("&", "&amp;", StringComparison.Ordinal)}|Open the dashboard>",
            Assert.Single(slack.Taken).GetProperty("blocks")[2].GetProperty("text").GetProperty("text").GetString()
        );
        Assert.Equal(
            Page,
            Assert
                .Single(teams.Taken)
                .GetProperty("attachments")[0]
                .GetProperty("content")
                .GetProperty("actions")[0]
                .GetProperty("url")
                .GetString()
        );
        Assert.Equal(Page, Assert.Single(pager.Taken).GetProperty("links")[0].GetProperty("href").GetString());
    }

    [Theory]
    [InlineData(
        NoticeKind.FallenRating,
        "fallen/EXH_03/2026-11-23",
        "/exhibition?museum=LMNH&range=28d&exhibition=EXH_03"
    )]
    [InlineData(NoticeKind.SilentKiosk, "silent/3/1795514700", "/data?museum=LMNH")]
    [InlineData(NoticeKind.NoPresses, "no-presses/LMNH/0", "/data?museum=LMNH")]
    [InlineData("test", "test", "/")]
    public void Each_kind_has_its_page(string kind, string key, string page)
    {
        var notice = new Notice(key, kind, "info", "LMNH", "", "", Now);

        Assert.Equal($"https://m.example{page}", NoticeLink.Of(new("https://m.example/"), notice)!.AbsoluteUri);
        Assert.Null(NoticeLink.Of(null, notice));
    }

    [Fact]
    public async Task A_receiver_that_was_away_is_told_once_when_it_is_back_and_no_secret_is_logged()
    {
        await AddAsync("slack");
        await AddAsync("teams");
        await presses.EmergencyAsync(Now);
        slack.Away = true;
        var server = Server(store);
        for (var look = 0; look < 3; look++)
        {
            await LookAsync(server);
            clock.Advance(TimeSpan.FromSeconds(61));
        }

        Assert.Empty(slack.Taken);
        Assert.NotEmpty(notes.Warnings);
        slack.Away = false;
        for (var look = 0; look < 3; look++)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            await LookAsync(server);
        }

        Assert.Single(slack.Taken);
        Assert.Single(teams.Taken);
        Assert.DoesNotContain(notes.Warnings, line => line.Contains("very-secret-part", StringComparison.Ordinal));
        Assert.DoesNotContain(
            await Database.QueryAsync("select coalesce(problem, '') from notice"),
            line => line.Contains("very-secret-part", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_server_that_died_with_its_attempt_is_followed_by_another()
    {
        await AddAsync("slack");
        await presses.EmergencyAsync(Now);
        Notifier dead = Server(store),
            next = Server(other);
        await dead.QueueAsync(Cancel);
        // It took the attempt, and was killed before it could send anything.
        var due = Assert.Single(await store.Notices.DueAsync(Now.AddDays(-1), 10, Cancel));
        Assert.True(await store.Notices.AttemptAsync(due, Now.AddMinutes(1), Cancel));
        Assert.False(await other.Notices.AttemptAsync(due, Now.AddMinutes(1), Cancel));

        await LookAsync(next);
        Assert.Empty(slack.Taken);
        clock.Advance(TimeSpan.FromMinutes(2));
        await LookAsync(next);
        await LookAsync(next);

        Assert.Single(slack.Taken);
    }

    [Fact]
    public async Task Who_is_told_depends_on_what_where_and_when()
    {
        await AddAsync("slack", r => r with { Kinds = [NoticeKind.SilentKiosk] });
        await AddAsync("teams", r => r with { Museum = "ELSEWHERE" });
        await AddAsync("pagerduty", r => r with { From = new(18, 0), To = new(8, 0) });
        await AddAsync("slack", r => r with { Name = "day", From = new(8, 0), To = new(18, 0) });
        await presses.EmergencyAsync(Now);
        var server = Server(store);
        await LookAsync(server);

        Assert.Single(slack.Taken);
        Assert.Empty(teams.Taken);
        Assert.Empty(pager.Taken);
        Assert.Equal(["day"], await Database.QueryAsync("select recipient from notice"));
    }

    [Fact]
    public async Task That_nobody_hears_presses_any_more_is_told_once()
    {
        await AddAsync("slack", r => r with { Kinds = [NoticeKind.NoPresses] });
        await presses.RatingAsync(Now);
        var server = Server(store);
        // The consumer's sign of life does not move.
        for (var look = 0; look < 5; look++)
        {
            await LookAsync(server);
            clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Empty(slack.Refused);
        Assert.Equal("LMNH: no presses received", Assert.Single(slack.Taken).GetProperty("text").GetString());
    }

    /// <summary>Thirty presses an hour for two weeks, and then none.</summary>
    [Fact]
    public async Task A_kiosk_that_falls_silent_is_told_of_once_and_once_more_when_it_does_so_again()
    {
        foreach (var channel in Messengers)
            await AddAsync(channel, r => r with { Kinds = [NoticeKind.SilentKiosk] });
        var nine = Now.AddDays(-14).AddHours(-1);
        await presses.RatingsAsync(
            Enumerable
                .Range(0, 15 * 270)
                .Select(n => (At: nine.AddDays(n / 270).AddMinutes(n % 270 * 2), Type: 1 + (n % 5)))
                .Where(press => press.At <= Now)
        );
        var server = Server(store);
        await LookAsync(server);
        clock.Advance(TimeSpan.FromMinutes(15));
        await LookAsync(server);
        Assert.Empty(slack.Taken);

        clock.Advance(TimeSpan.FromMinutes(40));
        // A server that is started again knows what was told.
        foreach (var one in new[] { server, Server(other), Server(store) })
            await LookAsync(one);
        Assert.All([slack, teams, pager], receiver => Assert.Empty(receiver.Refused));
        Assert.Equal(
            "The kiosk at The Crenshaw Collection is silent",
            Assert.Single(slack.Taken).GetProperty("text").GetString()
        );
        Assert.Single(teams.Taken);
        Assert.Equal("warning", Assert.Single(pager.Taken).GetProperty("payload").GetProperty("severity").GetString());

        await presses.RatingAsync(clock.GetUtcNow());
        await LookAsync(server);
        Assert.Single(slack.Taken);
        clock.Advance(TimeSpan.FromMinutes(55));
        await LookAsync(server);
        Assert.Equal(2, slack.Taken.Count);
        Assert.Equal(2, pager.Taken.Select(alert => alert.GetProperty("dedup_key").GetString()).Distinct().Count());
    }

    /// <summary>Forty votes a day: good ones in the week before, bad ones in the last seven days.</summary>
    [Fact]
    public async Task That_a_rating_fell_clearly_is_told_once_a_week()
    {
        foreach (var channel in Messengers)
            await AddAsync(channel, r => r with { Kinds = [NoticeKind.FallenRating] });
        await presses.RatingsAsync(
            from day in Enumerable.Range(1, 14)
            from vote in Enumerable.Range(0, 40)
            select (Now.AddDays(-day).AddMinutes(vote), (day > 7 ? 4 : 1) + (vote % 2))
        );
        var server = Server(store);
        for (var look = 0; look < 4; look++)
        {
            await LookAsync(server, Server(other));
            clock.Advance(TimeSpan.FromMinutes(11));
        }

        Assert.All([slack, teams, pager], receiver => Assert.Empty(receiver.Refused));
        Assert.Equal(
            "The Crenshaw Collection is rated clearly lower",
            Assert.Single(slack.Taken).GetProperty("text").GetString()
        );
        Assert.Single(teams.Taken);
        var alert = Assert.Single(pager.Taken).GetProperty("payload");
        Assert.Equal(
            (
                "info",
                "In the last seven days The Crenshaw Collection was rated 0.50, against 3.50 in the seven days before "
                    + "(280 and 280 votes)."
            ),
            (
                alert.GetProperty("severity").GetString(),
                alert.GetProperty("custom_details").GetProperty("text").GetString()
            )
        );
    }

    [Fact]
    public async Task The_webhook_gets_the_same_signed_as_docs_say()
    {
        await using var told = await WebhookServer.StartAsync("127.0.0.1");
        using var webhook = new Webhook(
            new WebhookSettings(new Uri($"https://127.0.0.1:{told.Port}/"), new Secret(WebhookKey)),
            TimeProvider.System,
            TimeSpan.FromMilliseconds(10),
            tls: TestTls.Trusting(told.Authority)
        );
        await AddAsync("webhook");
        await presses.EmergencyAsync(Now);
        var server = Server(store, webhook: webhook);
        told.Answer = 503;
        await LookAsync(server);
        Assert.Equal(3, told.Told.Count);
        told.Answer = 204;
        for (var look = 0; look < 3; look++)
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            await LookAsync(server);
        }

        // Three quick attempts that were refused, and the one that was taken: under one name.
        Assert.Equal(4, told.Told.Count);
        Assert.Single(told.Told.Select(message => message.Headers["Idempotency-Key"]).Distinct());
        foreach (var message in told.Told)
            Assert.Equal(await message.SignatureAsync(WebhookKey), message.Headers["X-Museum-Signature"]);
        var body = JsonDocument.Parse(told.Told.Last().Body).RootElement;
        Assert.Equal(
            ["type", "id", "kind", "severity", "museum", "subject", "text", "at", "url"],
            body.EnumerateObject().Select(field => field.Name)
        );
        Assert.Equal(
            ("notice", "emergency", "critical", "LMNH", "2026-11-24T10:00:00Z"),
            (
                body.GetProperty("type").GetString(),
                body.GetProperty("kind").GetString(),
                body.GetProperty("severity").GetString(),
                body.GetProperty("museum").GetString(),
                body.GetProperty("at").GetString()
            )
        );
        Assert.Equal(told.Told.Last().Headers["Idempotency-Key"], body.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_real_mail_server_gets_one_letter_also_after_it_was_away()
    {
        await using var mail = await SmtpServer.StartAsync();
        await AddAsync("email");
        await presses.EmergencyAsync(Now);
        var server = Server(
            store,
            new MailSettings(new Uri($"smtp://127.0.0.1:{mail.Port}"), "museum@example.org", null, null)
        );
        mail.Stop();
        await LookAsync(server);
        Assert.Empty(mail.Letters);
        await mail.RunAsync();
        for (var look = 0; look < 3; look++)
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            await LookAsync(server);
        }

        var letter = Assert.Single(mail.Letters);
        Assert.Contains("Subject: Emergency at The Crenshaw Collection (floor 2)", letter, StringComparison.Ordinal);
        Assert.Contains("duty@example.org", letter, StringComparison.Ordinal);
        Assert.Contains("https://host.example/museum/safety?museum=LMNH", letter, StringComparison.Ordinal);
    }

    /// <summary>Without TLS this server offers no login.</summary>
    [Fact]
    public async Task A_mail_server_that_offers_no_login_is_a_problem_on_record_and_stops_nobody_else()
    {
        await using var mail = await SmtpServer.StartAsync();
        await AddAsync("email");
        await AddAsync("slack");
        await presses.EmergencyAsync(Now);
        var server = Server(
            store,
            new MailSettings(new Uri($"smtp://127.0.0.1:{mail.Port}"), "museum@example.org", "museum", new("secret"))
        );
        await LookAsync(server);

        Assert.Empty(mail.Letters);
        Assert.Single(slack.Taken);
        Assert.Contains(
            "does not support authentication",
            Assert.Single(await Database.QueryAsync("select problem from notice where recipient = 'email'")),
            StringComparison.Ordinal
        );
    }

    /// <summary>Somebody went, and more than an hour after the press it was still not resolved.</summary>
    [Fact]
    public async Task An_escalation_is_told_however_long_ago_the_button_was_pressed()
    {
        await AddAsync("slack", r => r with { Kinds = [NoticeKind.Escalation] });
        await presses.EmergencyAsync(Now);
        clock.Advance(TimeSpan.FromMinutes(90));
        var since = clock.GetUtcNow();
        foreach (var press in await store.Incidents.OverdueAsync(Now.AddDays(-1), since, since, 10, Cancel))
            Assert.True(await store.Incidents.EscalateAsync(press, Cancel));
        await LookAsync(Server(store));

        Assert.StartsWith(
            "Nobody has dealt with the emergency",
            Assert.Single(slack.Taken).GetProperty("text").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_emergency_of_hours_ago_is_no_news()
    {
        await AddAsync("slack", r => r with { CreatedAt = Now.AddDays(-1) });
        await presses.EmergencyAsync(Now.AddMinutes(-90));
        await LookAsync(Server(store));

        Assert.Empty(slack.Taken);
    }
}
