using System.Security.Authentication;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>What PostgreSQL's errors mean for us: retry, bisect, or stop.</summary>
/// <remarks>https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
internal sealed class PostgresFaults(string target, string where, PostgresConnections connections)
{
    /// <summary>Where the data is, for people.</summary>
    public string Where { get; } = where;

    /// <summary>True if a key of this program's own schema is taken.</summary>
    public static bool IsOwnKey(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } taken
        && OwnKeys.HasConstraint(taken.TableName, taken.ConstraintName);

    /// <summary>The contract's error for whatever Npgsql threw.</summary>
    public Exception Translate(Exception exception)
    {
        if (exception is not PostgresException postgres)
        {
            // A refusal is permanent; no answer may be temporary.
            var explained = $"{Where}: {Explained()}";
            return Causes.Within<AuthenticationException>(exception) is null
                ? new TransientException(explained, exception)
                : Stop(explained);
        }

        // After a failover the pool still holds sessions of the node that is now read-only.
        if (postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
            connections.Source.Clear();
        var text = $"{Where}: {postgres.MessageText} (SQLSTATE {postgres.SqlState})";
        return postgres.SqlState switch
        {
            "40001" or "40P01" or "55P03" or "25006" or "57014" => new TransientException(text, exception),
            "08P01" => Stop(text),
            "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "25P02" => new TransientException(text, exception),
            // XX000: the error of a server without resources even to accept a client.
            "58000" or "58030" or "XX000" => new TransientException(text, exception),
            ['0', '8', ..] or ['5', '3', ..] => new TransientException(text, exception),
            PostgresErrorCodes.UniqueViolation when IsOwnKey(postgres) => new TransientException(text, exception),
            "2200H" => Stop(
                $"{text}. There are no ids left for new rows of that table: see the limits in docs/database.md."
            ),
            // A constraint, index or trigger that the database's owner added refuses one of our rows.
            ['2', '2', ..] or ['2', '3', ..] or ['P', '0', ..] or "21000" => new RowRefusedException(text, exception),
            ['2', '8', ..] or "3D000" or "42501" => Stop($"{Where}: {Explained()}"),
            "42P01" or "42703" => Stop($"{text}. The schema is missing or not as expected: run `museum db migrate`."),
            _ => Stop(text),
        };

        ServiceRefusedException Stop(string message) => new(message, exception);

        string Explained() =>
            PostgresFault
                .Of(exception, target, new NpgsqlConnectionStringBuilder(connections.Source.ConnectionString))
                .Text;
    }
}
