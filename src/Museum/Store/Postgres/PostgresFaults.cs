using System.Security.Authentication;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>What PostgreSQL's errors mean for us: try again, bisect, or stop.</summary>
/// <remarks>https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
internal static class PostgresFaults
{
    /// <summary>The contract's error for whatever Npgsql threw.</summary>
    public static Exception Translate(Exception exception, string target, string where, NpgsqlDataSource dataSource)
    {
        if (exception is not PostgresException postgres)
        {
            // Being told wrong is for good; not being heard may pass.
            var explained = $"{where}: {Explained()}";
            return Causes.Within<AuthenticationException>(exception) is null
                ? new TransientException(explained, exception)
                : Stop(explained);
        }

        // After a failover the pool still holds sessions of the node that is now read-only.
        if (postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
            dataSource.Clear();
        var text = $"{where}: {postgres.MessageText} (SQLSTATE {postgres.SqlState})";
        return postgres.SqlState switch
        {
            "40001" or "40P01" or "55P03" or "25006" or "57014" => new TransientException(text, exception),
            "08P01" => Stop(text),
            "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "25P02" => new TransientException(text, exception),
            // XX000: what a server says that has no room left even to greet a client.
            "58000" or "58030" or "XX000" => new TransientException(text, exception),
            ['0', '8', ..] or ['5', '3', ..] => new TransientException(text, exception),
            // A constraint, an index or a trigger of the database's owner minds a row of ours.
            ['2', '2', ..] or "23502" or "23503" or "23514" or "23P01" or "21000" or "P0001" => new RowRefusedException(
                text,
                exception
            ),
            "23505" when IsForeign(postgres) => new RowRefusedException(text, exception),
            "23505" => new TransientException(text, exception),
            ['2', '8', ..] or "3D000" or "42501" => Stop($"{where}: {Explained()}"),
            "42P01" or "42703" => Stop($"{text}. The schema is not there or not as expected: run `museum db migrate`."),
            _ => Stop(text),
        };

        // Of these tables the primary key is the only unique index that is ours.
        static bool IsForeign(PostgresException e) =>
            RowTables.Names.Contains(e.TableName) && e.ConstraintName != $"{e.TableName}_pkey";

        ServiceRefusedException Stop(string message) => new(message, exception);

        string Explained() =>
            PostgresFault.Of(exception, target, new NpgsqlConnectionStringBuilder(dataSource.ConnectionString)).Text;
    }
}
