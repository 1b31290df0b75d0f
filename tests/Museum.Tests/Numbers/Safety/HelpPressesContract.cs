using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Numbers.Safety;

public sealed class SqliteHelpPressesTests() : HelpPressesContract(TestStore.SqliteAsync);

public sealed class PostgresHelpPressesTests(PostgresServer server)
    : HelpPressesContract(() => TestStore.PostgresAsync(server));

/// <summary>Calls for help from either database, in one order, each with its state.</summary>
public abstract class HelpPressesContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(Now);
    private MuseumStore store = null!;
    private int lms;

    private HelpPresses Presses => new(store.HelpCalls, clock);

    protected override async ValueTask BeginAsync()
    {
        store = Database.Another(clock);
        await store.Maintenance.MigrateAsync(Cancel);
        lms = (
            await store.Museums.AddAsync(
                new("LMS", "Science", "lms", "lms", new(10, 0), new(16, 0), "Europe/London"),
                Cancel
            )
        ).Id;
        await store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_00", "0", "Measureless", "1", "Geology", new(2021, 8, 23), ""),
            Cancel
        );
        await store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_02", "2", "The Crenshaw Collection", "2", "Zoology", new(2021, 3, 3), ""),
            Cancel
        );
        await store.Museums.UpsertExhibitionAsync(
            lms,
            new("EXH_00", "0", "Planets", "Vault", "Astronomy", new(2023, 1, 1), ""),
            Cancel
        );
        await SourceAsync(1, 1, "object");
        await SourceAsync(2, 1, "partition");
        await SourceAsync(3, lms, "partition");
        await SourceAsync(4, 1, "file");
    }

    protected override ValueTask EndAsync() => store.DisposeAsync();

    private async Task SourceAsync(int id, int museum, string kind) =>
        await Database.QueryAsync(
            $"""
            insert into source (source_id, museum_id, kind, location, name, version, size, state, created_at, updated_at)
            values ({id}, {museum}, '{kind}', 'place', 'name{id}', 'v', 0, 'loading', '2024-01-01T00:00:00.000000Z', '2024-01-01T00:00:00.000000Z')
            """
        );

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static long Id(int source, long position) => EventId.Of(source, position);

    /// <summary>A press that counts.</summary>
    private async Task<long> SupportAsync(int source, long position, TimeSpan ago, int exhibition = 1, int type = 1)
    {
        await Database.QueryAsync(
            $"""
            insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, support_type_id) values ({Id(source, position)}, '{Text(
                Now - ago
            )}', {position}, {exhibition}, {source}, {type})
            """
        );
        await Database.QueryAsync(
            $"update source set read = read + 1, support = support + 1 where source_id = {source}"
        );
        return Id(source, position);
    }

    private async Task<long> HeldAsync(
        int source,
        long position,
        string reason,
        TimeSpan? pressedAgo,
        TimeSpan arrivedAgo,
        int? exhibition = 1,
        int? type = null,
        string state = "held",
        bool help = true,
        string site = "0"
    )
    {
        await Database.QueryAsync(
            $"""
            insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, site, exhibition_id, support_type_id,
                                    created_at, received_at, run_id, state)
            select {Id(source, position)}, museum_id, source_id, {position}, '{reason}', 'found it', {(
                Database is SqliteTestStore
                    ? help
                        ? "1"
                        : "0"
                    : help
                        ? "true"
                        : "false"
            )},
                   {(Database is SqliteTestStore ? "x'00'" : "'\\x00'::bytea")}, 1, '{site}', {exhibition?.ToString(
                CultureInfo.InvariantCulture
            ) ?? "null"},
                   {type?.ToString(CultureInfo.InvariantCulture) ?? "null"}, {(
                pressedAgo is { } ago ? $"'{Text(Now - ago)}'" : "null"
            )}, '{Text(Now - arrivedAgo)}', 1, '{state}'
            from source where source_id = {source}
            """
        );
        return Id(source, position);
    }

    private async Task ActAsync(
        long press,
        string action,
        TimeSpan ago,
        string who = "Ada",
        string note = "on my way"
    ) =>
        await Database.QueryAsync(
            $"""
            insert into incident_action (press_id, museum_id, action, who, note, at) values ({press}, 1, '{action}', '{who}', '{note}', '{Text(
                Now - ago
            )}')
            """
        );

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    [Fact]
    public async Task Every_press_of_a_museum_is_there_newest_first_with_its_state()
    {
        var emergency = await SupportAsync(2, 1, Minutes(1), exhibition: 2, type: 2);
        var answered = await SupportAsync(2, 2, Minutes(30));
        await ActAsync(answered, "take", Minutes(28.5));
        var old = await SupportAsync(2, 3, TimeSpan.FromDays(8));
        var history = await SupportAsync(1, 4, TimeSpan.FromHours(1));
        var archive = await SupportAsync(4, 4, TimeSpan.FromHours(2));
        var unreadable = await HeldAsync(2, 5, "invalid_type", Minutes(2), Minutes(2));
        var night = await HeldAsync(2, 6, "out_of_hours", Minutes(600), Minutes(600), type: 2);
        var timeless = await HeldAsync(2, 7, "invalid_at", null, Minutes(3), type: 1);
        var future = await HeldAsync(2, 8, "future", TimeSpan.FromDays(-400), Minutes(4), type: 1);
        var nowhere = await HeldAsync(
            2,
            9,
            "unknown_site",
            Minutes(5),
            Minutes(5),
            exhibition: null,
            type: 2,
            site: "<img src=x onerror=alert(1)>"
        );
        await HeldAsync(2, 10, "invalid_val", Minutes(5), Minutes(5), help: false);
        await HeldAsync(2, 11, "unknown_site", Minutes(5), Minutes(5), state: "replayed");
        await HeldAsync(2, 12, "unknown_site", Minutes(5), Minutes(5), state: "superseded");
        await SupportAsync(3, 1, Minutes(1), exhibition: 3);
        await HeldAsync(3, 2, "invalid_type", Minutes(1), Minutes(1), exhibition: 3);

        var feed = await Presses.ReadAsync(1, openOnly: false, null, 200, Cancel);

        Assert.Equal(
            [
                (emergency, HelpKind.Emergency, HelpState.Open),
                (unreadable, HelpKind.Unreadable, HelpState.Open),
                (timeless, HelpKind.Assistance, HelpState.Open),
                (future, HelpKind.Assistance, HelpState.Open),
                (nowhere, HelpKind.Emergency, HelpState.Open),
                (answered, HelpKind.Assistance, HelpState.Acknowledged),
                (history, HelpKind.Assistance, HelpState.History),
                (archive, HelpKind.Assistance, HelpState.History),
                (night, HelpKind.Emergency, HelpState.Open),
                (old, HelpKind.Assistance, HelpState.Lapsed),
            ],
            feed.Presses.Select(p => (long.Parse(p.Id, CultureInfo.InvariantCulture), p.Kind, p.State))
        );
        Assert.Equal((6, 10), (feed.Open, feed.Total));
        Assert.Equal(["out_of_hours"], feed.Presses.Where(p => p.OutOfHours).Select(p => p.Reason));
        Assert.Equal(2, feed.Presses.Count(p => !p.Live));
        var place = feed.Presses[0].Exhibition!;
        Assert.Equal(
            ("EXH_02", "2", "The Crenshaw Collection", "2", "Zoology", new DateOnly(2021, 3, 3)),
            (place.PublicId, place.Site, place.Name, place.Floor, place.Department, place.StartDate)
        );
        Assert.Equal((null, "<img src=x onerror=alert(1)>"), (feed.Presses[4].Exhibition, feed.Presses[4].Site));
        Assert.Equal(
            ("Ada", 90.0, "on my way"),
            (feed.Presses[5].AcknowledgedBy, feed.Presses[5].ResponseSeconds!.Value, feed.Presses[5].Note)
        );

        var open = await Presses.ReadAsync(1, openOnly: true, null, 200, Cancel);
        Assert.Equal(
            feed.Presses.Where(p => p.State is HelpState.Open).Select(p => p.Id),
            open.Presses.Select(p => p.Id)
        );
        Assert.Equal((6, 6), (open.Open, open.Total));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_gap_or_a_double_even_where_times_are_equal()
    {
        List<long> all = [];
        for (var i = 1; i <= 40; i++)
        {
            all.Add(
                i % 3 == 0
                    ? await HeldAsync(2, i, "invalid_type", Minutes(i / 8), Minutes(i / 8))
                    : await SupportAsync(i % 3, i, Minutes(i / 8))
            );
        }

        List<string> seen = [];
        for (long? before = null; ; )
        {
            var page = (await Presses.ReadAsync(1, openOnly: false, before, 7, Cancel)).Presses;
            if (page.Count == 0)
                break;
            seen.AddRange(page.Select(p => p.Id));
            before = long.Parse(page[^1].Id, CultureInfo.InvariantCulture);
        }

        Assert.Equal(40, seen.Distinct().Count());
        Assert.Equal((await Presses.ReadAsync(1, openOnly: false, null, 100, Cancel)).Presses.Select(p => p.Id), seen);
        Assert.Equal(all.Order(), seen.Select(id => long.Parse(id, CultureInfo.InvariantCulture)).Order());
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            Presses.ReadAsync(1, openOnly: false, 77, 7, Cancel)
        );
        Assert.Equal("before: found 77, expected the id of a call for help", error.Message);
    }

    [Fact]
    public async Task A_press_that_is_reopened_waits_again_and_by_ids_only_calls_for_help_are_found()
    {
        var press = await SupportAsync(2, 1, Minutes(10));
        var held = await HeldAsync(2, 2, "invalid_type", Minutes(9), Minutes(9));
        var replayed = await HeldAsync(2, 3, "unknown_site", Minutes(8), Minutes(8), state: "replayed");
        await ActAsync(press, "take", Minutes(9));
        await ActAsync(press, "reopen", Minutes(8), "Bob", "still there");
        await Database.QueryAsync(
            $"insert into escalation (press_id, museum_id, escalated_at, since) values ({press}, 1, "
                + $"'{Text(Now - Minutes(7))}', '{Text(Now - Minutes(8))}')"
        );

        var found = await Presses.ReadAsync([press, held, replayed, 99], Cancel);

        Assert.Equal([held, press], found.Select(p => long.Parse(p.Id, CultureInfo.InvariantCulture)));
        var again = found[1];
        Assert.Equal(
            (HelpState.Open, null, 60.0, null),
            (again.State, again.AcknowledgedBy, again.ResponseSeconds!.Value, again.Note)
        );
        Assert.Equal(["take Ada", "reopen Bob"], again.Actions.Select(a => $"{a.Action} {a.Who}"));
        Assert.Equal(Now - Minutes(7), again.EscalatedAt);
        Assert.Equal(2, (await Presses.ReadAsync(1, openOnly: true, null, 10, Cancel)).Open);
        await ActAsync(press, "take", Minutes(1), "Cid");
        Assert.Equal(1, (await Presses.ReadAsync(1, openOnly: true, null, 10, Cancel)).Open);
    }

    [Fact]
    public async Task Responses_are_those_of_the_live_road_that_count()
    {
        var answered = await SupportAsync(2, 1, Minutes(10));
        var waiting = await SupportAsync(2, 2, Minutes(20), exhibition: 2);
        await SupportAsync(1, 3, Minutes(30));
        await ActAsync(answered, "take", Minutes(8));
        await ActAsync(answered, "reopen", Minutes(7));
        await ActAsync(answered, "take", Minutes(6));

        var (from, before) = (Now - TimeSpan.FromDays(1), Now);
        var responses = await store.HelpCalls.ResponsesAsync(1, from, before, Cancel);

        Assert.Equal(
            [new(waiting, 2, Now - Minutes(20), null), new(answered, 1, Now - Minutes(10), Now - Minutes(8))],
            responses
        );
    }
}
