using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Numbers;

public sealed class SqliteRepeatsTests() : RepeatsContract(TestStore.SqliteAsync);

public sealed class PostgresRepeatsTests(PostgresServer server)
    : RepeatsContract(() => TestStore.PostgresAsync(server));

/// <summary>Both databases draw the line at the same microsecond.</summary>
public abstract class RepeatsContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly DateTimeOffset Noon = new(2024, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        await Database.Store.Museums.UpsertExhibitionAsync(
            1,
            new ExhibitionFacts("EXH_00", "0", "Measureless", "1", "Geology", new DateOnly(2021, 8, 23), "…"),
            Cancel
        );
        await Database.QueryAsync(
            """
            insert into source (source_id, museum_id, kind, location, name, version, size, state, created_at, updated_at)
            values (7, 1, 'object', 'b', 'n', 'v', 1, 'loading', '2024-03-01T00:00:00Z', '2024-03-01T00:00:00Z')
            """
        );
    }

    [Theory]
    [InlineData(0, 5_000_000, 1)]
    [InlineData(0, 5_000_001, 0)]
    [InlineData(0, 5_000_443, 0)]
    [InlineData(0, 4_999_999, 1)]
    [InlineData(999_600, 5_000_000, 1)]
    [InlineData(999_600, 5_000_300, 0)]
    [InlineData(59_999_999, 5_000_000, 1)]
    [InlineData(59_999_999, 5_000_001, 0)]
    [InlineData(3_599_999_999, 5_000_000, 1)]
    [InlineData(0, 0, 1)]
    public async Task A_gap_of_five_seconds_is_a_repeat_and_one_microsecond_more_is_none(
        long first,
        long gap,
        long repeats
    )
    {
        await PressAsync(1, first);
        await PressAsync(2, first + gap);

        var rows = await Database.Store.Counts.RepeatsAsync(
            1,
            Noon.AddHours(-1),
            Noon.AddHours(2),
            Repeats.Within,
            Cancel
        );

        Assert.Equal(repeats, rows.Sum(row => row.Presses));
    }

    private Task<List<string>> PressAsync(long position, long microseconds) =>
        Database.QueryAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, "
                    + $"source_id, rating_type_id) select {70_000_000_000 + position}, "
                    + $"'{Noon.AddMicroseconds(microseconds).UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}', "
                    + $"{position}, exhibition_id, 7, 4 from exhibition"
            )
        );
}
