using System.CommandLine;
using System.Globalization;
using System.Text;
using Npgsql;

namespace MuseumPipeline.Bench.Rivals;

/// <summary>
/// How the first pipeline stored its history: every file in one list, the list in two, and both by INSERTs of many
/// rows, all in one
/// transaction, into tables with an identity key and foreign keys that the database checks row by row.
/// </summary>
internal static class OriginalWay
{
    public const string Verb = "original-way";

    public const string Schema = """
        create schema original;
        create table original.exhibition (exhibition_id integer primary key, exhibition_name text not null);
        create table original.rating_type (rating_type_id smallint primary key, rating_type_value smallint not null);
        create table original.support_type (support_type_id smallint primary key, support_type_value smallint not null);
        create table original.rating_instance (
          rating_instance_id bigint generated always as identity primary key,
          exhibition_id      integer not null references original.exhibition,
          rating_type_id     smallint not null references original.rating_type,
          rating_created_at  timestamptz not null);
        create table original.support_instance (
          support_instance_id bigint generated always as identity primary key,
          instance_created_at timestamptz not null,
          support_type_id     smallint not null references original.support_type,
          exhibition_id       integer not null references original.exhibition);
        insert into original.exhibition select n, 'Exhibition ' || n from generate_series(1, 6) n;
        insert into original.rating_type select n, n - 1 from generate_series(1, 5) n;
        insert into original.support_type select n, n - 1 from generate_series(1, 2) n;
        """;

    private static readonly Argument<string> Bucket = new("BUCKET");
    private static readonly Argument<string> Connection = new("CONNECTION");
    private static readonly Argument<int> Page = new("PAGE");

    public static Command Create()
    {
        var command = new Command(Verb, "The original's way of storing a directory.") { Bucket, Connection, Page };
        command.Hidden = true;
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    parsed.GetRequiredValue(Bucket),
                    parsed.GetRequiredValue(Connection),
                    parsed.GetValue(Page),
                    cancel
                )
        );
        return command;
    }

    private static async Task RunAsync(string bucket, string connectionString, int page, CancellationToken cancel)
    {
        var presses = new List<string[]>();
        foreach (var file in Directory.GetFiles(bucket, "lmnh_hist_data_*.csv").Order(StringComparer.Ordinal))
            presses.AddRange((await File.ReadAllLinesAsync(file, cancel)).Skip(1).Select(line => line.Split(',')));
        var ratings = presses
            .Where(press => press[2] != "-1")
            .Select(press => $"({Number(press[1]) + 1},{Number(press[2]) + 1},'{press[0]}')")
            .ToList();
        var support = presses
            .Where(press => press[2] == "-1")
            .Select(press => $"('{press[0]}',{Number(press[3]) + 1},{Number(press[1]) + 1})")
            .ToList();

        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await InsertAsync(
            connection,
            "insert into original.rating_instance (exhibition_id, rating_type_id, rating_created_at) values ",
            ratings,
            page,
            cancel
        );
        await InsertAsync(
            connection,
            "insert into original.support_instance (instance_created_at, support_type_id, exhibition_id) values ",
            support,
            page,
            cancel
        );
        await transaction.CommitAsync(cancel);
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection,
        string insert,
        List<string> rows,
        int page,
        CancellationToken cancel
    )
    {
        var sql = new StringBuilder();
        foreach (var chunk in rows.Chunk(page))
        {
            sql.Clear().Append(insert).AppendJoin(',', chunk);
            await using var command = new NpgsqlCommand(sql.ToString(), connection);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static int Number(string text) => (int)double.Parse(text, CultureInfo.InvariantCulture);
}
