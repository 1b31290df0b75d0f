using System.Net;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings.Aws;
using MuseumPipeline.Settings.Passwords;
using Npgsql;

namespace MuseumPipeline.Settings;

/// <param name="Target"><c>embedded</c>, <c>local</c> or <c>aws</c>.</param>
public abstract record DatabaseSettings(string Target)
{
    public const string Embedded = "embedded";
    public const string Local = "local";
    public const string Aws = "aws";

    /// <summary>No target: the database that rows are taken over from.</summary>
    public const string Import = "import";

    public static IReadOnlyList<string> Targets { get; } = [Embedded, Local, Aws];

    /// <summary>Where it is, for people; never a secret.</summary>
    public abstract string Describe { get; }
}

/// <summary>One SQLite file; no server.</summary>
internal sealed record EmbeddedSettings(string Path) : DatabaseSettings(Embedded)
{
    /// <summary>What others may with the file.</summary>
    public UnixFileMode FileMode { get; init; } = OwnFile.Usual;

    public override string Describe => Path;
}

/// <summary>A PostgreSQL server: <c>local</c> by the LOCAL_ keys, <c>aws</c> by the DATABASE_ keys.</summary>
internal sealed record PostgresSettings(string Target) : DatabaseSettings(Target)
{
    // Long enough for a count over a large table, short enough to notice a server that vanished.
    public const int CommandSeconds = 120;

    /// <summary>The same for the stream, whose statements take a second at most: a call for help must not wait for a
    /// server that is gone.</summary>
    public const int LiveCommandSeconds = 20;

    private const int ConnectSeconds = 15;
    private const int KeepAliveSeconds = 30;

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string Name { get; init; }

    public required string Username { get; init; }

    public Secret? Password { get; init; }

    /// <summary>The server was named by a file nobody vouches for: it is not told the password as it is.</summary>
    public bool NoClearPassword { get; init; }

    /// <summary>Open at the same time; null: as many as the library takes.</summary>
    public int? MostConnections { get; init; }

    /// <summary>Signs a password for each new connection; null where there is one password for all.</summary>
    public AwsTokens? Tokens { get; init; }

    public required SslMode SslMode { get; init; }

    /// <summary>The file of root certificates for verifying the server's certificate; null for the system's
    /// own.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Somebody between here and the server could read what is sent.</summary>
    private bool Readable => (SslMode is SslMode.Disable or SslMode.Allow or SslMode.Prefer) && !IsHere(Host);

    /// <summary>What goes there does not leave this machine. Without a name, it is this machine.</summary>
    public static bool IsHere(string host) =>
        host.Length == 0
        || host.StartsWith('/')
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Schema of our tables; null: <c>public</c>, or wherever they are.</summary>
    public string? Schema { get; init; }

    public string Server => $"{Username}@{Host}:{Port}/{Name}";

    public override string Describe => Schema is null ? Server : $"{Server}, schema {Schema}";

    /// <summary>The only place that builds a connection string. It holds the password: only for the data source, never
    /// for a text.</summary>
    public NpgsqlConnectionStringBuilder ConnectionString(int commandSeconds = CommandSeconds) =>
        new()
        {
            Host = Host,
            Port = Port,
            Database = Name,
            Username = Username,
            Password = Password is { } password ? SaslPrep.Of(password.Reveal()) : null,
            SslMode = SslMode,
            RootCertificate = RootCertificate,
            ApplicationName = "museum",
            Multiplexing = false,
            PersistSecurityInfo = false,
            Timeout = ConnectSeconds,
            CommandTimeout = commandSeconds,
            KeepAlive = KeepAliveSeconds,
            TcpKeepAlive = true,
            GssEncryptionMode = GssEncryptionMode.Disable,
            // Said here, so that PGSSLNEGOTIATION, PGREQUIREAUTH and the like of somebody's shell change nothing.
            SslNegotiation = SslNegotiation.Postgres,
            RequireAuth = NoClearPassword || Readable ? "ScramSHA256,None" : "ScramSHA256,MD5,Password,GSS,SSPI,None",
            TargetSessionAttributes = "any",
            ClientEncoding = "UTF8",
            Timezone = "UTC",
        };

    /// <param name="commandSeconds">How long a statement may take.</param>
    /// <param name="schema">The search path; null for the user's own.</param>
    public NpgsqlDataSource CreateDataSource(int commandSeconds = CommandSeconds, string? schema = null)
    {
        var connection = ConnectionString(commandSeconds);
        connection.SearchPath = schema;
        if (MostConnections is { } most)
            connection.MaxPoolSize = most;
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString)
        {
            // For metrics: by default that is the whole connection string.
            Name = Target,
        };
        // Signed for each connection: a cached one could have expired by then.
        if (Tokens is { } tokens)
            builder.UsePasswordProvider(
                _ => tokens.Database(Host, Port, Username),
                (_, cancel) => new(Task.Run(() => tokens.Database(Host, Port, Username), cancel))
            );
        return builder.Build();
    }

    /// <summary>The setting for a part of this connection: <c>Key("PASSWORD")</c> is DATABASE_PASSWORD for
    /// <c>aws</c>.</summary>
    public string Key(string part) => SettingKeys.OfTarget(Target, part);
}
