using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteMuseumsTests() : MuseumsContract(TestStore.SqliteAsync);

public sealed class PostgresMuseumsTests(PostgresServer server)
    : MuseumsContract(() => TestStore.PostgresAsync(server));

/// <summary>Which museums there are, over either database.</summary>
public abstract class MuseumsContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly MuseumFacts Lms = new(
        "LMS",
        "Liverpool Museum of Science",
        "lms",
        "lms",
        new(10, 45),
        new(16, 15),
        "Europe/London"
    );

    private MuseumStore Store => Database.Store;

    protected override async ValueTask BeginAsync() => await Store.Maintenance.MigrateAsync(CancellationToken.None);

    [Fact]
    public async Task A_museum_is_added_and_is_there_as_it_was_said()
    {
        var added = await Store.Museums.AddAsync(Lms, Cancel);

        Assert.Equal(
            new("LMS", "Liverpool Museum of Science", "lms", "lms", new(10, 45), new(16, 15), "Europe/London"),
            Facts(added)
        );
        Assert.Equal(["LMNH", "LMS"], (await Store.Museums.ListAsync(Cancel)).Select(m => m.Code));
        Assert.Equal(added, (await Store.Museums.VocabularyAsync(added.Id, Cancel)).Museum);
    }

    [Fact]
    public async Task A_change_touches_what_it_names_and_knows_when_nothing_changes()
    {
        await Store.Museums.AddAsync(Lms, Cancel);

        var (changed, change) = await Store.Museums.ChangeAsync(
            "lms",
            m => m with { Closes = new(17, 30), TimeZone = "Europe/Dublin" },
            Cancel
        );
        Assert.Equal(
            (Change.Changed, Lms with { Closes = new(17, 30), TimeZone = "Europe/Dublin" }),
            (change, Facts(changed))
        );

        Assert.Equal(
            (changed, Change.Unchanged),
            await Store.Museums.ChangeAsync("LMS", m => m with { Closes = new(17, 30) }, Cancel)
        );
        Assert.Equal(
            Lms with
            {
                Closes = new(17, 30),
                TimeZone = "Europe/Dublin",
            },
            Facts((await Store.Museums.ListAsync(Cancel))[^1])
        );
        Assert.Equal(new TimeOnly(8, 45), (await Store.Museums.ListAsync(Cancel))[0].Opens);
    }

    [Theory]
    [InlineData("code", "lmnh", "the code 'LMNH' is taken by LMNH, Liverpool Museum of Natural History")]
    [InlineData("topic", "lmnh", "the topic 'lmnh' is taken by LMNH")]
    [InlineData("prefix", "lmnh", "the prefix 'lmnh' is taken by LMNH")]
    [InlineData("code", "L M S", "the code: found 'L M S', expected 1 to 32 letters")]
    [InlineData("name", " ", "the name: found ' ', expected 1 to 200")]
    [InlineData("topic", "lms/kiosks", "the topic: found 'lms/kiosks', expected a name Kafka takes")]
    [InlineData("topic", "..", "the topic: found '..'")]
    [InlineData("prefix", "", "the prefix: found '', expected what the museum's objects start with")]
    [InlineData("zone", "Dublin", "the time zone: found 'Dublin', expected a name of the IANA list, as Europe/Dublin")]
    [InlineData(
        "zone",
        "Mars/Olympus",
        "the time zone: found 'Mars/Olympus', expected a name of the IANA list, as Europe/London"
    )]
    [InlineData("zone", "GMT Standard Time", "the time zone: found 'GMT Standard Time'")]
    [InlineData(
        "opens",
        "16:15",
        "the opening hours: found '16:15 to 16:15', expected a museum that opens before it closes"
    )]
    public async Task What_no_museum_can_have_is_refused_when_added_and_when_changed(
        string what,
        string value,
        string message
    )
    {
        MuseumFacts Wrong(MuseumFacts facts) =>
            what switch
            {
                "code" => facts with { Code = value },
                "name" => facts with { Name = value },
                "topic" => facts with { Topic = value },
                "prefix" => facts with { Prefix = value },
                "zone" => facts with { TimeZone = value },
                _ => facts with { Opens = TimeOnly.Parse(value, System.Globalization.CultureInfo.InvariantCulture) },
            };

        var added = await Assert.ThrowsAsync<MuseumException>(() => Store.Museums.AddAsync(Wrong(Lms), Cancel));
        await Store.Museums.AddAsync(Lms, Cancel);
        var changed = await Assert.ThrowsAsync<MuseumException>(() => Store.Museums.ChangeAsync("LMS", Wrong, Cancel));

        Assert.All([added, changed], e => Assert.StartsWith(message, e.Message, StringComparison.Ordinal));
        Assert.Equal(ExitCode.Usage, added.ExitCode);
        Assert.Equal(Lms, Facts((await Store.Museums.ListAsync(Cancel))[1]));
    }

    [Fact]
    public async Task A_museum_with_nothing_is_removed_and_its_names_are_free_again()
    {
        var first = await Store.Museums.AddAsync(Lms, Cancel);
        Assert.Equal(first, await Store.Museums.RemoveAsync("lms", Cancel));
        Assert.Equal(["LMNH"], (await Store.Museums.ListAsync(Cancel)).Select(m => m.Code));
        Assert.NotEqual(first.Id, (await Store.Museums.AddAsync(Lms, Cancel)).Id);
    }

    [Fact]
    public async Task A_museum_with_exhibitions_sources_or_positions_stays()
    {
        var museum = await Store.Museums.AddAsync(Lms, Cancel);
        await Store.Museums.UpsertExhibitionAsync(
            museum.Id,
            new("EXH_00", "0", "Planets", "1", "Astronomy", new(2023, 1, 1), ""),
            Cancel
        );
        await Database.QueryAsync(
            $"""
            insert into source (museum_id, kind, location, name, version, size, state, created_at, updated_at)
            values ({museum.Id}, 'object', 'b', 'lms_hist_data_0.csv', 'v', 1, 'loading', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z')
            """
        );
        await Store.Partitions.StartAsync(
            new(museum.Id, "cluster", "lms", "topic-id"),
            new Dictionary<int, long> { [0] = 5, [1] = 0 },
            Cancel
        );

        var error = await Assert.ThrowsAsync<MuseumException>(() => Store.Museums.RemoveAsync("LMS", Cancel));

        Assert.StartsWith(
            "LMS was not removed: it has 1 exhibitions, 1 sources in the ledger, 2 partitions of its topic",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await Store.Museums.ListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task A_code_nobody_has_is_answered_with_those_there_are()
    {
        var error = await Assert.ThrowsAsync<MuseumException>(() => Store.Museums.ChangeAsync("LMX", m => m, Cancel));
        Assert.Equal("no museum has the code 'LMX'; known: LMNH", error.Message);
    }

    [Fact]
    public async Task Of_two_that_add_the_same_museum_at_once_one_is_reported()
    {
        await using var other = Database.Another();
        var both = await Task.WhenAll(
            new[] { Store, other }.Select(async store =>
                await Record.ExceptionAsync(() => store.Museums.AddAsync(Lms, Cancel))
            )
        );
        var told = Assert.Single(both, e => e is not null);
        Assert.True(told is MuseumException or TransientException, $"{told}");
        Assert.Equal(2, (await Store.Museums.ListAsync(Cancel)).Count);
    }

    private static MuseumFacts Facts(MuseumPipeline.Model.Museum m) =>
        new(m.Code, m.Name, m.Topic, m.Prefix, m.Opens, m.Closes, m.TimeZone);
}
