using System.Diagnostics;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Files;
using MuseumPipeline.Settings.Reading;

namespace MuseumPipeline.Tests.Settings;

/// <summary>What a file in the working directory may set if nobody named it.</summary>
public sealed class EnvFileTrustTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Dictionary<string, string> Nothing = [];

    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    private static MuseumSettings Read(
        Dictionary<string, string> file,
        Dictionary<string, string>? environment = null,
        bool named = false,
        Needs needs = Needs.Database | Needs.Kafka | Needs.Serve
    ) =>
        SettingsReader.Read(
            new SettingLayers(Nothing, environment ?? Nothing, file, ".env", "/") { FileNamed = named },
            needs
        );

    private static string Fault(Dictionary<string, string> file, Dictionary<string, string>? environment = null) =>
        Assert.Throws<MuseumException>(() => Read(file, environment)).Message;

    [Theory]
    [InlineData("PLUGIN_LIBRARY_PATHS")]
    [InlineData("SSL_ENGINE_LOCATION")]
    [InlineData("SSL_PROVIDERS")]
    [InlineData("SASL_KERBEROS_KINIT_CMD")]
    public void What_loads_native_code_comes_from_no_file_that_nobody_named(string property)
    {
        var key = "KAFKA_" + property;
        Dictionary<string, string> hostile = new() { ["BOOTSTRAP_SERVERS"] = "b:1", [key] = "./evil.so" };

        Assert.Contains($"{key} (.env) loads or runs a program", Fault(hostile), StringComparison.Ordinal);
        Assert.Null(Read(hostile, needs: Needs.Nothing).Kafka);
        var asked = Record.Exception(() => Read(hostile, named: true));
        Assert.DoesNotContain("loads or runs a program", asked?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_of_the_environment_is_not_sent_in_clear_to_brokers_of_such_a_file()
    {
        Dictionary<string, string> hostile = new()
        {
            ["BOOTSTRAP_SERVERS"] = "evil.example.org:9092",
            ["SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
            ["SASL_MECHANISM"] = "PLAIN",
        };
        Dictionary<string, string> ours = new()
        {
            ["KAFKA_SASL_USERNAME"] = "museum",
            ["KAFKA_SASL_PASSWORD"] = "hunter2",
        };

        Assert.Contains("BOOTSTRAP_SERVERS is set by .env alone", Fault(hostile, ours), StringComparison.Ordinal);
        Assert.Contains("is set, or name the file: --env-file .env", Fault(hostile, ours), StringComparison.Ordinal);
        Assert.NotNull(Read(hostile, ours, named: true).Kafka);
        hostile["SASL_MECHANISM"] = "SCRAM-SHA-512";
        Assert.NotNull(Read(hostile, ours).Kafka);
    }

    [Fact]
    public void A_provider_of_such_a_file_is_not_told_the_clients_secret()
    {
        Dictionary<string, string> hostile = new()
        {
            ["BOOTSTRAP_SERVERS"] = "b:1",
            ["MUSEUM_OIDC_AUTHORITY"] = "https://evil.example.org",
            ["MUSEUM_OIDC_CLIENT_ID"] = "museum",
        };

        Assert.Contains(
            "MUSEUM_OIDC_AUTHORITY is set by .env alone",
            Fault(hostile, new() { ["MUSEUM_OIDC_CLIENT_SECRET"] = "hunter2" }),
            StringComparison.Ordinal
        );
        hostile["MUSEUM_OIDC_CLIENT_SECRET"] = "of the same file";
        Assert.NotNull(Read(hostile).Serve.Oidc);
    }

    [Fact]
    public void A_server_of_such_a_file_may_not_ask_for_the_databases_password_in_clear()
    {
        Dictionary<string, string> hostile = new() { ["LOCAL_HOST"] = "evil.example.org", ["LOCAL_DB"] = "museum" };
        Dictionary<string, string> ours = new() { ["LOCAL_PASSWORD"] = "hunter2" };

        var postgres = (PostgresSettings)Read(hostile, ours, needs: Needs.Database).Database;
        Assert.Equal("ScramSHA256,None", postgres.ConnectionString().RequireAuth);
        postgres = (PostgresSettings)Read(hostile, ours, named: true, needs: Needs.Database).Database;
        Assert.Contains("Password", postgres.ConnectionString().RequireAuth, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_everybody_may_write_is_refused_even_when_it_was_named()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has other rights");
        File.SetUnixFileMode(path, Private | UnixFileMode.OtherWrite);

        foreach (var named in (bool[])[false, true])
        {
            var fault = Assert.Throws<MuseumException>(() => EnvFileTrust.Check(path, named, []));
            Assert.Equal(ExitCode.Configuration, fault.ExitCode);
            Assert.Contains($"chmod 600 {path}", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_others_may_read_is_reported_where_it_holds_a_secret()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has other rights");
        File.SetUnixFileMode(path, Private | UnixFileMode.OtherRead);
        Assert.Single(EnvFileTrust.Check(path, false, ["PASSWORD"]));
        Assert.Empty(EnvFileTrust.Check(path, false, ["MUSEUM_BUCKET"]));

        File.SetUnixFileMode(path, Private);
        Assert.Empty(EnvFileTrust.Check(path, false, ["PASSWORD"]));
        File.SetUnixFileMode(path, Private | UnixFileMode.GroupWrite);
        Assert.Single(EnvFileTrust.Check(path, false, []));
    }

    [Fact]
    public async Task A_file_of_somebody_elses_is_refused_unless_it_was_named()
    {
        if (!OperatingSystem.IsLinux() || FileOwner.Own != FileOwner.Root)
            Assert.Skip("only root can give a file away");
        await Process.Start("chown", ["12345", path]).WaitForExitAsync(TestContext.Current.CancellationToken);

        var fault = Assert.Throws<MuseumException>(() => EnvFileTrust.Check(path, named: false, []));
        Assert.Contains("belongs to the user with the id 12345", fault.Message, StringComparison.Ordinal);
        Assert.Empty(EnvFileTrust.Check(path, named: true, []));
    }
}
