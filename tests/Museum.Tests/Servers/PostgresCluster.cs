using System.Diagnostics;
using Npgsql;

namespace MuseumPipeline.Tests.Servers;

/// <summary>What a cluster of one's own is to be like.</summary>
/// <param name="Durable">Write to the disk as in production; without it, a crash of the machine would lose data, a
/// killed server does not.</param>
/// <param name="Tls">The certificate it shows; it then refuses connections without TLS.</param>
/// <param name="Settings">Further lines for <c>postgresql.conf</c>.</param>
internal sealed record PostgresOptions(
    bool Durable = false,
    TestCertificates? Tls = null,
    IReadOnlyList<string>? Settings = null
);

/// <summary>
/// A PostgreSQL server of one's own in a temporary directory, which can be stopped, killed and started again. It goes
/// when it is disposed, and
/// also when this process dies: a shell waits for the end of a pipe that only this process holds open.
/// </summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    public const string Superuser = "postgres";

    /// <summary>Quotes and a semicolon break code that pastes it into a connection string; no log may ever show
    /// it.</summary>
    public const string Password = "se'cr;et \"pass\"";

    private readonly PostgresInstallation _installation;
    private readonly string _directory;
    private readonly Process _undertaker;

    private PostgresCluster(PostgresInstallation installation, string directory, int port)
    {
        _installation = installation;
        _directory = directory;
        Port = port;
        var stop = $"{installation.ShellWords("pg_ctl")} -D '{Data}' -m immediate -w stop";
        _undertaker = Process.Start(
            new ProcessStartInfo(
                "/bin/sh",
                ["-c", $"trap '' INT TERM; read _; {stop} >/dev/null 2>&1; rm -rf '{directory}'"]
            )
            {
                RedirectStandardInput = true,
                WorkingDirectory = "/",
            }
        )!;
    }

    public int Port { get; }

    private string Data => Path.Combine(_directory, "data");

    private string Log => Path.Combine(_directory, "log");

    /// <exception cref="InvalidOperationException">No PostgreSQL is installed, or it does not start; says
    /// why.</exception>
    public static async Task<PostgresCluster> StartNewAsync(PostgresOptions? options = null)
    {
        var installation = await PostgresInstallation.FindAsync();
        var directory = Directory.CreateTempSubdirectory("museum-postgres-").FullName;
        var cluster = new PostgresCluster(installation, directory, FreePorts.One());
        try
        {
            await cluster.InitialiseAsync(options ?? new PostgresOptions());
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync()
    {
        try
        {
            await _installation.RunAsync("pg_ctl", "-D", Data, "-l", Log, "-w", "-t", "60", "start");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(
                $"{e.Message}\n{(File.Exists(Log) ? await File.ReadAllTextAsync(Log) : "")}",
                e
            );
        }
    }

    /// <param name="mode"><c>fast</c>: sessions are ended; <c>immediate</c>: as after a crash.</param>
    public Task StopAsync(string mode = "fast") =>
        _installation.RunAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");

    public async Task RestartAsync(string mode = "fast")
    {
        await StopAsync(mode);
        await StartAsync();
    }

    public NpgsqlConnectionStringBuilder Connection(string user = Superuser, string database = "postgres") =>
        new()
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = user,
            Password = Password,
            Database = database,
        };

    /// <summary>Runs SQL as the superuser.</summary>
    public Task ExecuteAsync(string sql, string database = "postgres") =>
        PostgresServer.ExecuteAsync(Connection(database: database), sql);

    public async ValueTask DisposeAsync()
    {
        _undertaker.StandardInput.Close();
        await _undertaker.WaitForExitAsync();
        _undertaker.Dispose();
    }

    private async Task InitialiseAsync(PostgresOptions options)
    {
        var passwordFile = Path.Combine(_directory, "password");
        await File.WriteAllTextAsync(passwordFile, Password + "\n");
        await PostgresInstallation.OwnAsync(_directory);
        await _installation.RunAsync(
            "initdb",
            "-D",
            Data,
            "-U",
            Superuser,
            "-A",
            "scram-sha-256",
            "--pwfile",
            passwordFile,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"
        );
        List<string> settings =
        [
            $"port = {Port}",
            "listen_addresses = '127.0.0.1'",
            "unix_socket_directories = ''",
            "max_connections = 200",
            // Far from everybody's own zone, so that code relying on the session's zone fails.
            "timezone = 'Asia/Kathmandu'",
        ];
        if (!options.Durable)
            settings.AddRange(["fsync = off", "synchronous_commit = off", "full_page_writes = off"]);
        if (options.Tls is { } certificates)
            settings.AddRange(await InstallAsync(certificates));
        settings.AddRange(options.Settings ?? []);
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), settings);
    }

    private async Task<string[]> InstallAsync(TestCertificates certificates)
    {
        var key = Path.Combine(Data, "server.key");
        await File.WriteAllTextAsync(Path.Combine(Data, "server.crt"), certificates.ServerCertificate);
        await File.WriteAllTextAsync(key, certificates.ServerKey);
        await Tool.RunAsync("/bin/chmod", "600", key);
        await PostgresInstallation.OwnAsync(key);
        var access = Path.Combine(Data, "pg_hba.conf");
        var lines = await File.ReadAllLinesAsync(access);
        await File.WriteAllLinesAsync(
            access,
            lines.Select(l => l.StartsWith("host ", StringComparison.Ordinal) ? "hostssl" + l[4..] : l)
        );
        return ["ssl = on", "ssl_cert_file = 'server.crt'", "ssl_key_file = 'server.key'"];
    }
}
