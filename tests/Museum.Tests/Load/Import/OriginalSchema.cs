using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Load.Import;

/// <summary>A database as the original scripts made and filled it: serial numbers, the museum's clock, foreign
/// keys.</summary>
internal sealed class OriginalSchema(TestDatabase database) : IAsyncDisposable
{
    private const string Tables = """
        create table floor (floor_id smallserial primary key, floor text not null);
        create table department (department_id smallserial primary key, department_name text not null);
        create table exhibition (exhibition_id smallserial primary key, exhibition_name text not null,
          exhibition_start_date date, exhibition_description text, floor_id smallint references floor,
          department_id smallint references department);
        create table rating_type (rating_type_id smallserial primary key, rating_type_value smallint not null,
          rating_description text);
        create table support_type (support_type_id smallserial primary key, support_type_value smallint not null,
          support_description text);
        create table rating_instance (rating_instance_id serial primary key,
          exhibition_id smallint references exhibition, rating_type_id smallint references rating_type,
          rating_created_at timestamp not null);
        create table support_instance (support_instance_id serial primary key, instance_created_at timestamp not null,
          support_type_id smallint references support_type, exhibition_id smallint references exhibition);
        insert into floor (floor) values ('1'), ('2'), ('Vault');
        insert into department (department_name) values ('Geology'), ('Zoology');
        insert into exhibition (exhibition_name, exhibition_start_date, exhibition_description, floor_id, department_id)
          values ('Stones', '2021-08-23', 'caves', 1, 1), ('Whales', null, null, 3, 2), ('Moths', '2019-07-01', 'x', 2, null);
        insert into rating_type (rating_type_value, rating_description)
          values (0, 'Terrible'), (1, 'Bad'), (2, 'Neutral'), (3, 'Good'), (4, 'Amazing');
        insert into support_type (support_type_value, support_description) values (0, 'Assistance'), (1, 'Emergency');
        """;

    /// <summary>Every seventeen minutes of a year, at night too, so that both changes of the clocks are among
    /// them.</summary>
    private const string Year = """
        insert into rating_instance (exhibition_id, rating_type_id, rating_created_at)
          select 1 + g % 3, 1 + g % 5, timestamp '2023-01-01 00:05' + g * interval '17 minutes'
          from generate_series(1, 30000) g;
        insert into support_instance (instance_created_at, support_type_id, exhibition_id)
          select timestamp '2023-01-01 00:10' + g * interval '7 hours', 1 + g % 2, 1 + g % 3
          from generate_series(1, 1200) g;
        """;

    public NpgsqlConnectionStringBuilder Connection => database.Connection;

    public static async Task<OriginalSchema> CreateAsync(PostgresServer server, bool year = true)
    {
        var original = new OriginalSchema(await server.FreshDatabaseAsync());
        await original.ExecuteAsync(Tables + (year ? Year : ""));
        return original;
    }

    public Task ExecuteAsync(string sql) => PostgresServer.ExecuteAsync(Connection, sql);

    public async Task<List<string>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
