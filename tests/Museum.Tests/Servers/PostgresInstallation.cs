using System.Globalization;

namespace MuseumPipeline.Tests.Servers;

/// <summary>PostgreSQL's programs on this machine. The server refuses to run as root, so root lends it the user
/// <c>postgres</c>.</summary>
internal sealed class PostgresInstallation
{
    private readonly string _bin;

    private PostgresInstallation(string bin) => _bin = bin;

    /// <summary>The one in MUSEUM_TEST_POSTGRES_BIN, else the newest installed version; where there is none, Debian's
    /// package, if this run is allowed to install one.</summary>
    /// <exception cref="InvalidOperationException">There is none; says why.</exception>
    public static async Task<PostgresInstallation> FindAsync()
    {
        if ((Environment.GetEnvironmentVariable("MUSEUM_TEST_POSTGRES_BIN") ?? Newest()) is { } bin)
            return new PostgresInstallation(bin);
        var allowed =
            Environment.GetEnvironmentVariable("CI") is "true" or "1"
            || Environment.GetEnvironmentVariable("MUSEUM_TEST_INSTALL") == "1";
        if (!allowed)
            throw new InvalidOperationException(
                "no /usr/lib/postgresql/*/bin/initdb (install postgresql, or set MUSEUM_TEST_INSTALL=1 as root)"
            );
        if (!Environment.IsPrivilegedProcess || Tool.Find("apt-get") is not { } apt)
            throw new InvalidOperationException(
                "no /usr/lib/postgresql/*/bin/initdb, and only root on Debian can install it"
            );
        await Tool.RunAsync(apt, "update", "-qq");
        await Tool.RunAsync(
            "/usr/bin/env",
            "DEBIAN_FRONTEND=noninteractive",
            apt,
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "postgresql"
        );
        return new PostgresInstallation(
            Newest() ?? throw new InvalidOperationException("Debian's postgresql package brought no initdb")
        );
    }

    /// <summary>Runs one of its programs as a user it agrees to run as.</summary>
    public Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var path = Path.Combine(_bin, program);
        return Environment.IsPrivilegedProcess
            ? Tool.RunAsync(Tool.Find("runuser") ?? "runuser", ["-u", "postgres", "--", path, .. arguments])
            : Tool.RunAsync(path, arguments);
    }

    /// <summary>Gives a directory, or a file, to the user the server runs as.</summary>
    public static Task OwnAsync(string path) =>
        Environment.IsPrivilegedProcess ? Tool.RunAsync("/bin/chown", "-R", "postgres:", path) : Task.CompletedTask;

    /// <summary>The shell words that run a program of it, for a script.</summary>
    public string ShellWords(string program) =>
        (Environment.IsPrivilegedProcess ? "runuser -u postgres -- " : "") + Path.Combine(_bin, program);

    private static string? Newest() =>
        !Directory.Exists("/usr/lib/postgresql")
            ? null
            : Directory
                .GetDirectories("/usr/lib/postgresql")
                .Where(version => File.Exists(Path.Combine(version, "bin", "initdb")))
                .OrderByDescending(version =>
                    double.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number)
                        ? number
                        : 0
                )
                .Select(version => Path.Combine(version, "bin"))
                .FirstOrDefault();
}
