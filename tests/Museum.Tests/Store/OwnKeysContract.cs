using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteOwnKeysTests() : OwnKeysContract(TestStore.SqliteAsync);

public sealed class PostgresOwnKeysTests(PostgresServer server)
    : OwnKeysContract(() => TestStore.PostgresAsync(server));

/// <summary>A violation of our own keys means that the row is already there; any other key refuses a row.</summary>
public abstract class OwnKeysContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private MuseumStore Store => Database.Store;

    protected override async ValueTask BeginAsync()
    {
        await Store.Maintenance.MigrateAsync(Cancel);
        await Store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_00", "0", "Hall", "1", "Zoology", new(2023, 2, 1), "…"),
            Cancel
        );
    }

    /// <summary>A new table or unique index belongs into <see cref="OwnKeys"/>.</summary>
    [Fact]
    public async Task Every_unique_key_of_the_schema_is_known()
    {
        const string Postgres = """
            select t.relname, i.relname from pg_index x join pg_class t on t.oid = x.indrelid
              join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = t.relnamespace
            where x.indisunique and n.nspname = 'public'
            """;
        const string Sqlite = """
            select (select group_concat(m.name || '.' || c.name, ', ') from pragma_index_info(l.name) c)
            from sqlite_master m join pragma_index_list(m.name) l where m.type = 'table' and l."unique"
            union all
            select m.name || '.' || c.name from sqlite_master m join pragma_table_info(m.name) c
            where m.type = 'table' and c.pk = 1
              and (select count(*) from pragma_table_info(m.name) p where p.pk > 0) = 1
            """;
        var keys = await Database.QueryAsync(Database is SqliteTestStore ? Sqlite : Postgres);

        Assert.True(keys.Count > 20, $"found {keys.Count}");
        Assert.Equal(
            [],
            keys.Where(key =>
                Database is SqliteTestStore
                    ? !OwnKeys.HasColumns(key)
                    : !OwnKeys.HasConstraint(key.Split('|')[0], key.Split('|')[1])
            )
        );
    }

    /// <summary>Its key has the name that ours would have if we had such a table.</summary>
    [Fact]
    public async Task A_key_of_somebody_elses_table_behind_a_trigger_refuses_the_row()
    {
        await Database.QueryAsync("create table audit (press text primary key)");
        if (Database is SqliteTestStore)
        {
            await Database.QueryAsync(
                "create trigger audited after insert on rating_instance begin "
                    + "insert into audit values (new.rating_created_at); end"
            );
        }
        else
        {
            await Database.QueryAsync(
                "create function audit_press() returns trigger language plpgsql as $$ begin "
                    + "insert into audit values (new.rating_created_at::text); return null; end $$"
            );
            await Database.QueryAsync(
                "create trigger audited after insert on rating_instance for each row execute function audit_press()"
            );
        }

        await Assert.ThrowsAsync<RowRefusedException>(() => LoadAsync(1, 2));
        Assert.Equal(0, await Database.NumberAsync("select count(*) from rating_instance"));
    }

    [Fact]
    public async Task A_position_that_is_there_already_is_no_refusal()
    {
        await LoadAsync(1);
        await Database.QueryAsync("update source set next_position = 0");

        await Assert.ThrowsAsync<TransientException>(() => LoadAsync(1));
    }

    [Fact]
    public async Task A_rule_on_the_ledger_itself_ends_the_run_and_names_the_source()
    {
        await Database.AddRuleAsync("source", "{0}name = 'day.csv'");

        var told = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync(1));

        Assert.Equal(ExitCode.Service, told.ExitCode);
        Assert.Contains("bucket/day.csv", told.Message, StringComparison.Ordinal);
    }

    /// <summary>Presses of one instant at these positions.</summary>
    private async Task LoadAsync(params int[] positions)
    {
        var run = await Store.Runs.StartAsync("load", "", Cancel);
        var identity = new SourceIdentity(1, "object", "bucket", "day.csv", "v1", 100);
        await using var claim = await Store.Sources.ClaimAsync(identity, Cancel);
        await using var load = await Store.Sources.BeginAsync(claim!, run, Cancel);
        foreach (var position in positions)
            load!.Write(new KioskEvent(load.SourceId, position, 1, PressKind.Rating, 1, 1_700_000_000_000_000));
        await load!.CommitAsync(
            new(
                0,
                9,
                SourceState.Loading,
                new(positions.Length, positions.Length, 0, 0, 0, 0, 0),
                positions.Length,
                0,
                null
            ),
            Cancel
        );
    }
}
