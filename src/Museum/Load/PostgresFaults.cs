using System.Security.Authentication;
using MuseumPipeline.Run;
using Npgsql;

namespace MuseumPipeline.Load;

/// <summary>What PostgreSQL's errors mean for us: try again, bisect, or stop.</summary>
/// <remarks>https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
public static class PostgresFaults
{
    /// <summary>The contract's error for whatever Npgsql threw.</summary>
    public static Exception Translate(Exception exception, string where, NpgsqlDataSource? dataSource)
    {
        if (exception is not PostgresException postgres)
        {
            return Innermost(exception) is AuthenticationException tls
                ? Wrong($"{where}: the server could not prove who it is ({tls.Message}). Check DATABASE_CA and the host name.", exception)
                : new TransientException($"{where}: the connection failed ({Innermost(exception).Message})", exception);
        }

        // After a failover the pool still holds sessions of the node that is now read-only.
        if (postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction) dataSource?.Clear();
        var text = $"{where}: {postgres.MessageText} (SQLSTATE {postgres.SqlState})";
        return postgres.SqlState switch
        {
            "40001" or "40P01" or "55P03" or "25006" or "57014" => new TransientException(text, exception),
            "08P01" => Wrong(text, exception),
            "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "25P02" => new TransientException(text, exception),
            "58000" or "58030" => new TransientException(text, exception),
            ['0', '8', ..] or ['5', '3', ..] => new TransientException(text, exception),
            ['2', '2', ..] or "23502" or "23503" or "23514" or "21000" => new RowRefusedException(text, exception),
            "23505" => new TransientException(text, exception),
            ['2', '8', ..] => new MuseumException(ExitCode.Service, $"{text}. Check the user name and the password.", exception),
            "3D000" => new MuseumException(ExitCode.Service, $"{text}. Check the database's name, or create it.", exception),
            "42501" => new MuseumException(ExitCode.Service, $"{text}. Grant the right to this user, or run `museum db migrate` as the owner.", exception),
            "42P01" or "42703" => new MuseumException(ExitCode.Service, $"{text}. The schema is not as expected: run `museum db migrate`.", exception),
            _ => Wrong(text, exception),
        };
    }

    private static MuseumException Wrong(string text, Exception exception) => new(ExitCode.Service, text, exception);

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
