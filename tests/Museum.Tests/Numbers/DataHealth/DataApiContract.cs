using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Clean;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Numbers.DataHealth;

public sealed class SqliteDataApiTests() : DataApiContract(TestStore.SqliteAsync);

public sealed class PostgresDataApiTests(PostgresServer server)
    : DataApiContract(() => TestStore.PostgresAsync(server));

/// <summary>How good and how fresh the data is, over the API: every number matches a query written by hand.</summary>
public abstract class DataApiContract(Func<Task<TestStore>> create) : EveningContract(create)
{
    [Fact]
    public async Task Kiosks_are_judged_by_the_fake_clock_and_the_one_that_never_spoke_is_distinguished()
    {
        await using var server = await OpenAsync();

        async Task<string> StatesAsync() =>
            string.Join(
                ' ',
                (await server.JsonAsync($"/api/v1/data/kiosks?{Week}"))
                    .GetProperty("kiosks")
                    .EnumerateArray()
                    .Select(k => k.GetProperty("state").GetString())
            );

        Assert.Equal("ok ok ok ok ok never-heard", await StatesAsync());
        var last = (await server.JsonAsync($"/api/v1/data/kiosks?{Week}"))
            .GetProperty("kiosks")
            .EnumerateArray()
            .Take(5)
            .Select(k => k.GetProperty("lastPress").GetString());
        Assert.Equal(
            (
                await Database.QueryAsync(
                    """
                    select max(at) from (select exhibition_id, rating_created_at as at from rating_instance union all select exhibition_id, instance_created_at from support_instance) as p
                    join exhibition e on e.exhibition_id = p.exhibition_id group by e.public_id order by e.public_id
                    """
                )
            ).Select(at => at.Replace(".000000Z", "Z", StringComparison.Ordinal)),
            last
        );
        Clock.SetUtcNow(new DateTimeOffset(2023, 3, 6, 18, 20, 0, TimeSpan.Zero));
        Assert.Equal("closed closed closed closed closed never-heard", await StatesAsync());
        Clock.SetUtcNow(new DateTimeOffset(2023, 3, 7, 8, 47, 0, TimeSpan.Zero));
        Assert.Equal("ok ok ok ok ok never-heard", await StatesAsync());
        Clock.SetUtcNow(new DateTimeOffset(2023, 3, 7, 10, 30, 0, TimeSpan.Zero));
        Assert.Equal("silent silent silent silent silent never-heard", await StatesAsync());
    }

    [Fact]
    public async Task What_was_refused_is_reported_by_reason_and_site_as_text_and_is_counted_nowhere_else()
    {
        await using var server = await OpenAsync(history: false);
        var store = server.Store;
        await store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_00", "0", "<script>alert(1)</script>", "1", "=cmd|' /C calc'!A0", new(2021, 8, 23), ""),
            Cancel
        );
        const string Hostile = "<img src=x onerror=alert(1)>";
        await LiveAsync(server, 5, $$"""{"at":"2023-03-06T10:00:00+00:00","site":"{{Hostile}}","val":-1,"type":1}""");
        await LiveAsync(server, 6, """{"at":"2023-03-06T10:01:00+00:00","site":"0","val":-1,"type":"x\u202e"}""");
        await LiveAsync(server, 7, """{"at":"2023-03-06T03:00:00+00:00","site":"0","val":-1,"type":0}""");
        await LiveAsync(server, 8, """{"at":"2023-03-06T10:02:00+00:00","site":"0","val":9}""");
        await LiveAsync(server, 9, """{"at":"2023-03-06T10:03:00+00:00","site":"0","val":-1,"type":1}""");
        // The counts that were read at the start are old now.
        Clock.Advance(TimeSpan.FromSeconds(2));

        var help = await server.JsonAsync("/api/v1/help");
        var safety = await server.JsonAsync($"/api/v1/safety?{Week}");
        var refused = await server.JsonAsync($"/api/v1/data/refused?{Week}");
        var quarantine = await server.JsonAsync("/api/v1/data/quarantine?help=true");

        Assert.Equal(
            [
                "emergency open ",
                "unreadable open invalid_type",
                "emergency open invalid_site",
                "assistance open out_of_hours",
            ],
            help.GetProperty("presses")
                .EnumerateArray()
                .Select(p => $"{p.GetProperty("kind")} {p.GetProperty("state")} {p.GetProperty("reason")}")
        );
        Assert.Equal(
            (1, 0),
            (
                safety.GetProperty("totals").GetProperty("emergencies").GetInt32(),
                safety.GetProperty("totals").GetProperty("assistance").GetInt32()
            )
        );
        Assert.Equal(
            """{"unreadable":1,"outOfHours":1,"other":1}""",
            safety.GetProperty("totals").GetProperty("notCounted").GetRawText()
        );
        Assert.Equal(
            (5, 4, 0.8),
            (
                refused.GetProperty("read").GetInt32(),
                refused.GetProperty("quarantined").GetInt32(),
                refused.GetProperty("share").GetDouble()
            )
        );
        Assert.Equal(
            "invalid_site|1|1\ninvalid_type|1|1\ninvalid_val|1|0\nout_of_hours|1|1",
            Joined(refused.GetProperty("reasons"), "reason", "count", "possibleHelp")
        );
        // Every number is the records behind it.
        foreach (
            var (query, where, count) in ((string, string, int)[])
                [
                    ("", "1 = 1", 4),
                    ("&reason=invalid_val", "reason = 'invalid_val'", 1),
                    ("&reason=out_of_hours&help=true", "reason = 'out_of_hours' and possible_help", 1),
                    ("&help=true", "possible_help", 3),
                    ("&exhibition=EXH_00", "exhibition_id is not null", 3),
                    ("&site=0&help=true", "site = '0' and possible_help", 2),
                ]
        )
        {
            var expected = await Database.QueryAsync(
                $"select quarantine_id from quarantine where state = 'held' and {where} order by 1 desc"
            );
            Assert.Equal(count, expected.Count);
            List<string> listed = [];
            for (string? cursor = ""; cursor is not null; )
            {
                var page = await server.JsonAsync($"/api/v1/data/refused/events?{Week}&limit=2&cursor={cursor}{query}");
                Assert.Equal(
                    (count, 0),
                    (page.GetProperty("total").GetInt32(), page.GetProperty("notKept").GetInt32())
                );
                listed.AddRange(
                    page.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("id").GetString()!)
                );
                cursor = page.GetProperty("next").GetString();
            }

            Assert.Equal(expected, listed);
        }

        var before = await server.JsonAsync("/api/v1/data/refused/events?from=2023-03-05&to=2023-03-05");
        Assert.Equal(0, before.GetProperty("total").GetInt32());
        Assert.Equal(
            Hostile,
            refused
                .GetProperty("sites")
                .EnumerateArray()
                .Single(s => s.GetProperty("exhibition").ValueKind is JsonValueKind.Null)
                .GetProperty("site")
                .GetString()
        );
        Assert.Equal(
            (4, 3),
            (quarantine.GetProperty("held").GetInt32(), quarantine.GetProperty("rows").GetArrayLength())
        );
        Assert.Contains(
            "\\u202e",
            quarantine.GetProperty("rows")[1].GetProperty("raw").GetString(),
            StringComparison.Ordinal
        );
        using var csv = await server.GetAsync($"/api/v1/safety?{Week}&format=csv");
        Assert.Contains(",'=cmd|", await csv.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var sites = await server.GetAsync($"/api/v1/data/refused?{Week}&format=csv&table=sites");
        Assert.Equal(
            $"site,publicId,name,floor,reason,count\r\n0,EXH_00,<script>alert(1)</script>,1,invalid_type,1\r\n0,EXH_00,<script>alert(1)</script>,1,invalid_val,1\r\n"
                + $"0,EXH_00,<script>alert(1)</script>,1,out_of_hours,1\r\n{Hostile},,,,invalid_site,1\r\n",
            await sites.Content.ReadAsStringAsync(Cancel)
        );
    }

    /// <summary>A record without a readable time is dated by its arrival, long after the newest press of a history;
    /// others are of a time before the first.</summary>
    [Fact]
    public async Task All_is_every_record_that_is_held_whenever_it_is_dated()
    {
        await using var server = await OpenAsync();
        // Closed by now, so that its hours stand still.
        Clock.SetUtcNow(new DateTimeOffset(2023, 3, 6, 18, 20, 0, TimeSpan.Zero));
        var before = await server.JsonAsync("/api/v1/safety?range=all");
        var later = new FakeTimeProvider(Clock.GetUtcNow().AddDays(30));
        await LiveAsync(server, 5, """{"at":"soon","site":"0","val":-1,"type":1}""", later);
        await LiveAsync(server, 6, """{"at":"2022-01-03T10:00:00+00:00","site":"0","val":-1,"type":"?"}""", later);
        Clock.Advance(TimeSpan.FromSeconds(2));

        var held = await Database.NumberAsync("select count(*) from quarantine where state = 'held'");
        var help = await Database.NumberAsync("select count(*) from quarantine where state = 'held' and possible_help");
        var refused = await server.JsonAsync("/api/v1/data/refused?range=all");
        var safety = await server.JsonAsync("/api/v1/safety?range=all");
        var kiosks = await server.JsonAsync("/api/v1/data/kiosks?range=all");

        Assert.Equal("2023-03-06", refused.GetProperty("period").GetProperty("to").GetString());
        Assert.Equal(held, refused.GetProperty("quarantined").GetInt64());
        var notCounted = safety.GetProperty("totals").GetProperty("notCounted");
        Assert.Equal(help, notCounted.EnumerateObject().Sum(kind => kind.Value.GetInt64()));
        Assert.Equal(
            await Database.NumberAsync(
                "select count(*) from quarantine q join exhibition e using (exhibition_id) where q.state = 'held' "
                    + "and e.site = '0'"
            ),
            kiosks
                .GetProperty("kiosks")
                .EnumerateArray()
                .Single(k => k.GetProperty("site").GetString() == "0")
                .GetProperty("refused")
                .GetProperty("count")
                .GetInt64()
        );
        // Days nothing was heard on make no hours: the rates stay as they were.
        Assert.Equal(
            before.GetProperty("totals").GetProperty("perOpenHour").GetRawText(),
            safety.GetProperty("totals").GetProperty("perOpenHour").GetRawText()
        );
        Assert.Equal(
            held - 2,
            (await server.JsonAsync("/api/v1/data/refused?range=7d")).GetProperty("quarantined").GetInt64()
        );
    }

    /// <summary>They are read in the background: a request that comes too early says so, with what is known.</summary>
    [Fact]
    public async Task Presses_of_one_button_within_five_seconds_are_counted_as_sql_counts_them()
    {
        await using var server = await OpenAsync();
        JsonElement kiosks;
        do kiosks = await server.JsonAsync($"/api/v1/data/kiosks?{Week}");
        while (kiosks.GetProperty("repeatsPending").GetBoolean());

        const string Presses =
            "select 'r' as kind, exhibition_id, rating_type_id as button, rating_created_at as at, "
            + "rating_instance_id as id from rating_instance "
            + "union all select 's', exhibition_id, support_type_id, instance_created_at, support_instance_id "
            + "from support_instance";
        var within =
            Database is PostgresTestStore
                ? "at <= before + interval '5 seconds'"
                : "(unixepoch(substr(at, 1, 19)) - unixepoch(substr(before, 1, 19))) * 1000000 + substr(at, 21, "
                    + "6) - substr(before, 21, 6) <= 5000000";
        var expected = await Database.QueryAsync(
            $"select site, count(*) from (select exhibition_id, at, lag(at) over (partition by kind, "
                + $"exhibition_id, button order by at, id) as before from ({Presses}) as p) as q join exhibition "
                + $"using (exhibition_id) "
                + $"where before is not null and {within} group by site order by site"
        );
        Assert.NotEmpty(expected);
        Assert.Equal(
            expected,
            kiosks
                .GetProperty("kiosks")
                .EnumerateArray()
                .Where(k => k.GetProperty("repeats").GetProperty("presses").GetInt64() > 0)
                .Select(k => $"{k.GetProperty("site")}|{k.GetProperty("repeats").GetProperty("presses")}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_replay_is_an_operators_action_and_is_on_record()
    {
        await using var server = await OpenAsync(history: false);
        await LiveAsync(server, 5, """{"at":"2023-03-06T10:00:00+00:00","site":"0","val":3}""");
        await LiveAsync(server, 6, """{"at":"2023-03-06T10:00:00+00:00","site":"7","val":-1,"type":1}""");
        Assert.Equal(
            2,
            (await server.JsonAsync("/api/v1/data/quarantine?reason=unknown_site")).GetProperty("rows").GetArrayLength()
        );
        await server.Store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_00", "0", "Measureless", "1", "Geology", new(2021, 8, 23), ""),
            Cancel
        );

        using var answer = await server.PostAsync(
            "/api/v1/data/quarantine/replay",
            new { reason = "unknown_site", name = " Ada " }
        );
        using var wrong = await server.PostAsync(
            "/api/v1/data/quarantine/replay",
            new { reason = "boredom", name = "Ada" }
        );
        using var nobody = await server.PostAsync("/api/v1/data/quarantine/replay", new { reason = "unknown_site" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var replayed = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(
            (1, 0, 1),
            (
                replayed.GetProperty("ratings").GetInt32(),
                replayed.GetProperty("support").GetInt32(),
                replayed.GetProperty("stillRefused").GetInt32()
            )
        );
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(
            "reason",
            (await wrong.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("parameter").GetString()
        );
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
        Assert.Equal(
            "name: found 0 characters, expected a name of 1 to 64",
            (await nobody.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()
        );
        var audit = (await server.JsonAsync("/api/v1/data/audit")).GetProperty("actions")[0];
        Assert.Equal(
            ("Ada", "quarantine replay", "unknown_site"),
            (
                audit.GetProperty("who").GetString(),
                audit.GetProperty("command").GetString(),
                audit.GetProperty("target").GetString()
            )
        );
        Assert.Equal(
            "5",
            (await server.JsonAsync("/api/v1/data/quarantine?state=replayed"))
                .GetProperty("rows")[0]
                .GetProperty("position")
                .ToString()
        );
        Assert.Contains(
            (await server.JsonAsync("/api/v1/data/loads")).GetProperty("runs").EnumerateArray(),
            r => r.GetProperty("command").GetString() == "quarantine replay"
        );
    }

    [Fact]
    public async Task A_file_that_repeats_itself_is_named_beside_the_loads()
    {
        await using var server = await OpenAsync();
        var before = (await server.JsonAsync("/api/v1/data/loads")).GetProperty("repeating").GetArrayLength();
        var presses = await Database.NumberAsync(
            "select ratings + support from source where name = 'lmnh_hist_data_0.csv'"
        );
        await Database.QueryAsync(
            "update source set own_repeats = ratings + support - 1 where name = 'lmnh_hist_data_0.csv'"
        );
        await Database.QueryAsync("update source set own_repeats = 6 where name = 'lmnh_hist_data_1.csv'");

        var loads = await server.JsonAsync("/api/v1/data/loads");

        Assert.Equal(0, before);
        var repeating = Assert.Single(loads.GetProperty("repeating").EnumerateArray());
        Assert.EndsWith("/lmnh_hist_data_0.csv", repeating.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            (presses - 1, presses),
            (repeating.GetProperty("repeats").GetInt64(), repeating.GetProperty("presses").GetInt64())
        );
    }

    [Fact]
    public async Task How_fresh_the_data_is_comes_from_the_database_alone()
    {
        await using var server = await OpenAsync(history: false);
        var none = await server.JsonAsync("/api/v1/data/live");
        await LiveAsync(server, 5, """{"at":"2023-03-06T10:00:00+00:00","site":"0","val":3}""");
        var live = await server.JsonAsync("/api/v1/data/live");

        Assert.Equal(("none", true), (none.GetProperty("state").GetString(), none.GetProperty("healthy").GetBoolean()));
        Assert.Equal(
            ("0", "6"),
            (
                live.GetProperty("partitions")[0].GetProperty("partition").ToString(),
                live.GetProperty("partitions")[0].GetProperty("position").ToString()
            )
        );
        Assert.NotEqual(JsonValueKind.Null, live.GetProperty("ageSeconds").ValueKind);
        await server.Store.Partitions.StopAsync(Stream, 0, null, "the topic was created again", Cancel);
        var stopped = await server.JsonAsync("/api/v1/data/live");
        Assert.Equal(
            ("stopped", false, "the topic was created again"),
            (
                stopped.GetProperty("state").GetString(),
                stopped.GetProperty("healthy").GetBoolean(),
                stopped.GetProperty("problem").GetString()
            )
        );
    }

    private static readonly StreamIdentity Stream = new(1, "cluster", "lmnh", "topic-id");

    /// <summary>A message as a consumer stores it: this is the partition's next offset.</summary>
    private async Task LiveAsync(DashboardServer server, long offset, string message, TimeProvider? received = null)
    {
        await using var store = Database.Another(received ?? Clock);
        await store.Partitions.StartAsync(Stream, new Dictionary<int, long> { [0] = offset }, Cancel);
        var claim = (await store.Partitions.ClaimAsync(Stream, 0, "test", Cancel))!;
        var run = await store.Runs.StartAsync("consume", "", Cancel);
        var vocabulary = await store.Museums.VocabularyAsync(1, Cancel);
        await using var load = await store.Partitions.BeginAsync(
            [new PartitionMove(claim, offset + 1, null, 1)],
            run,
            Cancel
        );
        Judge(
            load,
            new Cleaner(vocabulary, CleaningRules.Stream, Clock),
            claim.SourceId,
            offset,
            System.Text.Encoding.UTF8.GetBytes(message)
        );
        await load.CommitAsync(Cancel);
    }

    private static void Judge(IStreamLoad load, Cleaner cleaner, int source, long offset, byte[] message)
    {
        var reason = new MuseumPipeline.Parse.JsonReadings().Read(message, out var reading, out var detail);
        MuseumPipeline.Model.KioskEvent press = default;
        reason ??= cleaner.CleanData(reading, source, offset, out press);
        if (reason is { } why)
            load.Write(
                cleaner.Explain(reading, new(source, offset, why, detail ?? "")) with
                {
                    Raw = message,
                    RawLength = message.Length,
                }
            );
        else
            load.Write(press);
    }
}
