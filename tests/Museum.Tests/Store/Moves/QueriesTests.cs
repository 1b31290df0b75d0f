using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Import;
using MuseumPipeline.Source.Original;
using MuseumPipeline.Tests.Load.Import;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Store.Moves;

/// <summary>What people asked of the original's tables, and of those of other pipelines, they ask of ours: word for
/// word, with the same answers.</summary>
public sealed class QueriesTests(PostgresServer server)
{
    private const string Presses = """
        insert into rating_instance (exhibition_id, rating_type_id, rating_created_at) values
          (1, 5, '2023-01-10 09:05'), (1, 4, '2023-07-10 09:59'), (2, 1, '2023-07-10 17:00'), (2, 2, '2023-01-10 17:30'),
          (3, 3, '2023-07-11 08:50'), (3, 3, '2023-07-11 09:00');
        insert into support_instance (instance_created_at, support_type_id, exhibition_id) values
          ('2023-07-10 10:10', 1, 1), ('2023-01-10 10:20', 2, 3), ('2023-07-12 18:00', 1, 3);
        """;

    /// <summary>They know of no other tables: asked there, the answer is the expected one.</summary>
    private static readonly string[] OfTheOriginal =
    [
        "select e.exhibition_name, round(avg(t.rating_type_value), 2), count(*) from rating_instance r join "
            + "exhibition e using (exhibition_id) join rating_type t using (rating_type_id) group by 1 order by 2 desc",
        "select t.rating_description, count(*) from rating_instance join rating_type t using (rating_type_id) group "
            + "by 1, t.rating_type_value order by t.rating_type_value",
        "select f.floor, round(avg(t.rating_type_value), 2) from rating_instance join exhibition using "
            + "(exhibition_id) join floor f using (floor_id) join rating_type t using (rating_type_id) group by 1 "
            + "order by 1",
        "select d.department_name, round(avg(t.rating_type_value), 2) from rating_instance join exhibition using "
            + "(exhibition_id) join department d using (department_id) join rating_type t using (rating_type_id) "
            + "group by 1 order by 1",
        "select f.floor, s.support_description, count(*) from support_instance join support_type s using "
            + "(support_type_id) join exhibition using (exhibition_id) join floor f using (floor_id) group by 1, 2 "
            + "order by 1, 2",
        "select e.exhibition_name, count(*) from support_instance join support_type s using (support_type_id) join "
            + "exhibition e using (exhibition_id) where s.support_type_value = 1 group by 1",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_run_unchanged_and_give_the_same()
    {
        await using var original = await OriginalSchema.CreateAsync(server, year: false);
        // Ours has a department for what has none.
        await original.ExecuteAsync(Presses + "update exhibition set department_id = 1 where department_id is null");
        await using var ours = await TestStore.PostgresAsync(server);
        await ours.Store.Maintenance.MigrateAsync(Cancel);
        await ours.Store.Maintenance.AddSiblingViewsAsync(Cancel);
        // And again, as whoever migrates again does.
        await ours.Store.Maintenance.AddSiblingViewsAsync(Cancel);
        await using (var source = new NpgsqlDataSourceBuilder(original.Connection.ConnectionString).Build())
        await using (var database = await OriginalDatabase.OpenAsync(source, "the original", Cancel))
            await new Importer(
                ours.Store,
                database,
                new(CleaningRules.History, TimeProvider.System),
                NullLogger.Instance
            ).RunAsync(new(null, null, "postgres://old.example.org:5432/museum", "public"), null, Cancel);

        await using var connection = new NpgsqlConnection(original.Connection.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        foreach (var sql in OfTheOriginal)
            Assert.Equal(await TestStore.RowsAsync(connection, sql), await ours.QueryAsync(sql));
        Assert.Equal(
            ["10.00|2", "18.00|1"],
            await ours.QueryAsync(
                "select extract(hour from instance_created_local) as hour, count(*) from support_info group by 1 "
                    + "order by 1"
            )
        );
        Assert.Equal(
            ["8.00|1", "9.00|3", "17.00|2"],
            await ours.QueryAsync(
                "select extract(hour from rating_created_local) as hour, count(*) from rating_info group by 1 "
                    + "order by 1"
            )
        );
        Assert.Equal(
            ["1|Amazing|9.00", "2|Good|9.00", "3|Terrible|17.00", "4|Bad|17.00", "5|Neutral|8.00", "6|Neutral|9.00"],
            await ours.QueryAsync(
                """
                select i.rating_interaction_id, r.rating_description, extract(hour from i.event_at)
                from rating_interaction i join rating r using (rating_id) order by 1
                """
            )
        );
        Assert.Equal(
            ["1|0|Assistance|10.00", "2|1|Emergency|10.00", "3|0|Assistance|18.00"],
            await ours.QueryAsync(
                """
                select i.request_interaction_id, r.request_value, r.request_description, extract(hour from i.event_at)
                from request_interaction i join request r using (request_id) order by 1
                """
            )
        );
    }
}
