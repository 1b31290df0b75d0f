using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Names the fault of a database connection, the setting behind it, and the fix.</summary>
internal sealed class PostgresFault
{
    /// <summary>Explains an error from a PostgreSQL server, or from the network on the way to it.</summary>
    /// <param name="error">What Npgsql threw.</param>
    /// <param name="target"><c>local</c> or <c>aws</c>: decides the names of the settings.</param>
    /// <param name="connection">Where to; its password is not read.</param>
    public static Explanation Of(Exception error, string target, NpgsqlConnectionStringBuilder connection) =>
        new PostgresFault(target, connection).Explain(error);

    private readonly string target;
    private readonly NpgsqlConnectionStringBuilder connection;

    private PostgresFault(string target, NpgsqlConnectionStringBuilder connection) =>
        (this.target, this.connection) = (target, connection);

    private string Server => $"{connection.Host}:{connection.Port}";

    private string HostKey => Key("HOST");

    private string PortKey => Key("PORT");

    private string UserKey => Key("USERNAME");

    private string PasswordKey => Key("PASSWORD");

    private string NameKey => Key("NAME");

    private string SslKey => Key("SSL_MODE");

    private string CaKey => Key("CA");

    public Explanation Explain(Exception error)
    {
        // No token to log in with: what was asked for it says why.
        if (Causes.Within<MuseumException>(error) is { } own)
            return own.Explanation;
        if (Causes.Within<PostgresException>(error) is { } answer)
            return Answered(answer);
        if (Causes.Within<AuthenticationException>(error) is { } tls)
            return Tls(tls);
        if (Causes.Within<CryptographicException>(error) is { } unreadable)
            return new(
                $"{connection.RootCertificate} holds no certificates that can be read: "
                    + $"{unreadable.Message.TrimEnd('.')}",
                [CaKey],
                $"set {CaKey} to a file in PEM form"
            );
        if (Causes.Within<SocketException>(error) is { } socket)
            return Unreachable(socket);
        if (error.Message.Contains("SSL connection requested", StringComparison.Ordinal))
            return new(
                $"the server {Server} does not offer encryption",
                [SslKey],
                $"turn TLS on at the server; {SslKey}=disable only where the way to it is trusted"
            );
        if (error.Message.Contains("No password has been provided", StringComparison.Ordinal))
            return new(
                $"the server {Server} wants a password for the user {connection.Username}",
                [PasswordKey, UserKey],
                $"set {PasswordKey}"
            );
        if (Causes.Within<TimeoutException>(error) is not null || error is OperationCanceledException)
            return Silent();
        if (Causes.Within<IOException>(error) is not null || ForeignLanguage(error))
            return new(
                $"what answers at {Server} closes the connection, or does not speak PostgreSQL's protocol",
                [PortKey, HostKey],
                $"{Check(PortKey, HostKey)}, and the server's log"
            );
        return Other(error.Message);
    }

    private static bool ForeignLanguage(Exception error) =>
        error.Message.Contains("unexpected", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("unknown response", StringComparison.OrdinalIgnoreCase);

    private Explanation Answered(PostgresException e) =>
        e.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword => new(
                $"the server {Server} does not accept the password of the user {connection.Username}, or does not "
                    + $"know the user ({e.SqlState})",
                [PasswordKey, UserKey],
                Check(PasswordKey, UserKey)
            ),
            PostgresErrorCodes.InvalidAuthorizationSpecification => NotAdmitted(e),
            PostgresErrorCodes.InvalidCatalogName => new(
                $"the server {Server} has no database {connection.Database} ({e.SqlState})",
                [NameKey],
                $"check {NameKey}, or create it: createdb {connection.Database}"
            ),
            PostgresErrorCodes.InsufficientPrivilege => new(
                $"the user {connection.Username} may not do that in the database {connection.Database}: "
                    + $"{e.MessageText} ({e.SqlState})",
                [UserKey],
                $"let the owner of the database grant the right, for example: grant create, usage on schema "
                    + $"{connection.SearchPath ?? "public"} to {connection.Username}; "
                    + $"grant select, insert, update, delete on all tables in schema "
                    + $"{connection.SearchPath ?? "public"} to {connection.Username}"
            ),
            PostgresErrorCodes.TooManyConnections => new(
                $"the server {Server} has no connection left ({e.SqlState})",
                [],
                "close others, or raise its max_connections"
            ),
            PostgresErrorCodes.CannotConnectNow => new(
                $"the server {Server} is starting or stopping ({e.SqlState})",
                [],
                "wait a moment and try again"
            ),
            PostgresErrorCodes.ReadOnlySqlTransaction => new(
                $"the server {Server} is read-only: a standby, or one that was demoted ({e.SqlState})",
                [HostKey],
                $"set {HostKey} to the primary"
            ),
            PostgresErrorCodes.DiskFull => new(
                $"the disk of the server {Server} is full ({e.SqlState})",
                [],
                "make room on it"
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => new(
                $"the database {connection.Database} at {Server} lacks a table or column of this version: "
                    + $"{e.MessageText} ({e.SqlState})",
                [NameKey],
                $"run museum db migrate, or check {NameKey}"
            ),
            _ => Other($"{e.MessageText} ({e.SqlState})"),
        };

    private Explanation NotAdmitted(PostgresException e)
    {
        if (e.MessageText.Contains("does not exist", StringComparison.Ordinal))
            return new(
                $"the server {Server} does not know the user {connection.Username} ({e.SqlState})",
                [UserKey],
                $"check {UserKey}, or create the user there"
            );
        if (e.MessageText.Contains("no encryption", StringComparison.Ordinal))
        {
            return new(
                $"the server {Server} admits the user {connection.Username} with encryption only ({e.SqlState})",
                [SslKey],
                $"set {SslKey} to require, or better to verify-full"
            );
        }
        return new(
            $"the server {Server} does not admit the user {connection.Username}: {e.MessageText} ({e.SqlState})",
            [UserKey, NameKey, HostKey],
            $"{Check(UserKey, NameKey)}, and the server's pg_hba.conf"
        );
    }

    // Npgsql reports that a certificate was refused, but not by which check.
    private Explanation Tls(AuthenticationException e)
    {
        if (!e.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase))
            return new(
                $"no encrypted connection to {Server} could be made: {e.Message}",
                [SslKey, PortKey],
                Check(SslKey, PortKey)
            );
        var trusted = connection.RootCertificate is { } file ? $"those in {file}" : "those this machine trusts";
        return new(
            $"the certificate of {Server} was refused: it is signed by none of the authorities trusted here "
                + $"({trusted}), is for another name than "
                + $"{connection.Host}, or has expired",
            [CaKey, HostKey],
            $"check {CaKey} (for RDS: Amazon's global-bundle.pem) and {HostKey}; museum doctor says which it is"
        );
    }

    private Explanation Unreachable(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => new(
                $"nothing listens at {Server}",
                [PortKey, HostKey],
                $"{Check(PortKey, HostKey)}, and that the server runs and listens on that address"
            ),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(
                $"there is no machine with the name {connection.Host}",
                [HostKey],
                $"check {HostKey}, and this machine's name service"
            ),
            SocketError.TimedOut => Silent(),
            _ => new(
                $"{Server} cannot be reached: {e.Message}",
                [HostKey, PortKey],
                $"{Check(HostKey, PortKey)}, and the network"
            ),
        };

    private Explanation Silent() =>
        new(
            $"{Server} does not answer",
            [HostKey, PortKey],
            $"{Check(HostKey, PortKey)}, and that the firewall (for RDS the security group) lets this machine "
                + $"through"
        );

    private Explanation Other(string message) =>
        new(
            $"the database {connection.Database} at {Server} answered: {message}",
            [HostKey, PortKey, NameKey],
            $"{Check(HostKey, PortKey, NameKey)}, and the server's log"
        );

    /// <summary>One option may stand for several settings: that of an address.</summary>
    private static string Check(params IEnumerable<string> keys) => $"check {string.Join(" and ", keys.Distinct())}";

    private string Key(string part) => SettingKeys.OfTarget(target, part);
}
