using System.Diagnostics;
using Npgsql;

namespace MuseumPipeline.Tests.Servers;

/// <summary>A pgbouncer before one database; skips the test where there is none.</summary>
internal sealed class Pooler : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("museum-pooler-");
    private readonly Process process;

    private Pooler(string program, NpgsqlConnectionStringBuilder server, string mode)
    {
        Connection = new(server.ConnectionString)
        {
            Port = FreePorts.One(),
            SslMode = SslMode.Disable,
            // One of its own: a pool of this process's connections is none of the pooler's.
            ApplicationName = directory.Name,
        };
        var file = Path.Combine(directory.FullName, "pgbouncer.ini");
        File.WriteAllText(
            file,
            $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.Username} password={Quoted(server.Password!)}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Connection.Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 4
            ignore_startup_parameters = extra_float_digits,search_path
            {(Environment.IsPrivilegedProcess ? "user = postgres" : "")}
            """
        );
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_101_101);
        process = Process.Start(new ProcessStartInfo(program, [file]) { RedirectStandardError = true })!;
        _ = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The database, through it.</summary>
    public NpgsqlConnectionStringBuilder Connection { get; }

    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    public static async Task<Pooler> StartAsync(NpgsqlConnectionStringBuilder server, string mode)
    {
        var program = Tool.Find("pgbouncer");
        Assert.SkipWhen(program is null, "needs pgbouncer (Debian's package of that name)");
        var pooler = new Pooler(program!, server, mode);
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await PostgresServer.ExecuteAsync(pooler.Connection, "select 1");
                return pooler;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        directory.Delete(recursive: true);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
