using System.Diagnostics;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteCareTests() : CareContract(TestStore.SqliteAsync);

public sealed class PostgresCareTests(PostgresServer server) : CareContract(() => TestStore.PostgresAsync(server));

/// <summary>How well the tables are looked after, as the database tells it.</summary>
public abstract class CareContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    [Fact]
    public async Task Rows_that_were_deleted_are_dead_until_somebody_cleans_up()
    {
        await Database.Store.Maintenance.MigrateAsync(Cancel);
        await Database.QueryAsync(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) "
                + "insert into run (command, arguments, host, started_at, state) select 'load', 'x', 'h', "
                + "'2026-01-01T00:00:00Z', 'done' from n"
        );
        await Database.QueryAsync("delete from run");
        await AssertDeadAsync(dead => dead > 0);

        await AssertDeadAsync(dead => dead == 0, () => Database.QueryAsync("vacuum"));
    }

    /// <summary>PostgreSQL's counters follow within a second; those of a session that is idle by then, within ten, and
    /// what it had counted before a vacuum is added after it. So that is done again.</summary>
    private async Task AssertDeadAsync(Func<long, bool> expected, Func<Task>? before = null)
    {
        var since = Stopwatch.GetTimestamp();
        long dead;
        do
        {
            if (before is not null)
                await before();
            dead = (await Database.Store.Maintenance.CareAsync(Cancel)).Sum(table => table.Dead);
        } while (!expected(dead) && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20));
        Assert.True(expected(dead), $"found {dead} dead rows");
    }
}
