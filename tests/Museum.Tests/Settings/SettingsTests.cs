using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;
using Npgsql;

namespace MuseumPipeline.Tests.Settings;

public sealed class SettingsTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static readonly Dictionary<string, string> Rds = new()
    {
        ["DATABASE_NAME"] = "museum",
        ["DATABASE_USERNAME"] = "loader",
        ["DATABASE_PASSWORD"] = "hunter2-of-rds",
        ["DATABASE_IP"] = "db.rds.amazonaws.com",
    };

    private static MuseumSettings Read(
        Dictionary<string, string>? flags = null,
        Dictionary<string, string>? environment = null,
        Dictionary<string, string>? file = null,
        Needs needs = Needs.Nothing
    ) =>
        SettingsReader.Read(
            new SettingLayers(
                flags ?? Nothing,
                environment ?? Nothing,
                file ?? Nothing,
                ".env",
                Directory.GetCurrentDirectory()
            ),
            needs
        );

    private static string Faults(Dictionary<string, string> environment, Needs needs = Needs.Nothing)
    {
        var fault = Assert.Throws<MuseumException>(() => Read(environment: environment, needs: needs));
        Assert.Equal(ExitCode.Configuration, fault.ExitCode);
        return fault.Message;
    }

    [Theory]
    [InlineData("LOCAL_PORT", "hunter2of3friends")]
    [InlineData("MUSEUM_TARGET", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")]
    [InlineData("AWS_ENDPOINT_URL_S3", "AKIAIOSFODNN7EXAMPLE")]
    public void A_secret_that_was_typed_into_another_key_is_not_shown(string key, string secret)
    {
        var message = Faults(new() { [key] = secret });

        Assert.Contains($"{key} (environment): found '*** (", message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_beats_the_environment_which_beats_the_file_which_beats_the_default()
    {
        Dictionary<string, string> flag = new() { ["MUSEUM_BUCKET"] = "by-flag" },
            environment = new() { ["MUSEUM_BUCKET"] = "by-environment" },
            file = new() { ["MUSEUM_BUCKET"] = "by-file", ["MUSEUM_SLICE_ROWS"] = "5000" };

        Assert.Equal("by-flag", Read(flag, environment, file).Bucket);
        Assert.Equal("by-environment", Read(null, environment, file).Bucket);
        Assert.Equal("by-file", Read(null, null, file).Bucket);
        Assert.Null(Read().Bucket);
        Assert.Equal(5000, Read(flag, environment, file).SliceRows);
        Assert.Equal("environment", Read(null, environment, file).Origins["MUSEUM_BUCKET"]);
    }

    [Fact]
    public void An_empty_value_means_not_set_and_hides_nothing()
    {
        var settings = Read(
            environment: new() { ["MUSEUM_BUCKET"] = "", ["DATABASE_IP"] = " " },
            file: new() { ["MUSEUM_BUCKET"] = "by-file" }
        );

        Assert.Equal("by-file", settings.Bucket);
        Assert.Equal("embedded", settings.Database.Target);
    }

    [Fact]
    public void Every_fault_is_reported_in_one_message_with_what_was_found_and_expected()
    {
        var message = Faults(
            new()
            {
                ["MUSEUM_TARGET"] = "aws",
                ["DATABASE_PORT"] = "70000",
                ["DATABASE_SSL_MODE"] = "allow",
                ["DATABASE_CA"] = "/no/such/file",
                ["MUSEUM_BREAKER_SHARE"] = "2",
                ["MUSEUM_WORKERS"] = "-1",
                ["MUSEUM_OPENING_HOURS"] = "sometimes",
                ["MUSEUM_FUTURE_MINUTES"] = "5.5",
                ["AWS_SECRET_ACCESS_KEY"] = "half-of-a-pair",
                ["AWS_ENDPOINT_URL_S3"] = "http://s3.example.org",
            },
            Needs.Bucket | Needs.Database
        );

        Assert.StartsWith("the configuration has 14 faults:", message, StringComparison.Ordinal);
        Assert.Equal(14, message.Split('\n').Length - 1);
        Assert.Contains(
            "DATABASE_PORT (environment): found '70000', expected a whole number from 1 to 65535",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "DATABASE_NAME is not set, and the target 'aws' needs it: the database's name",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "MUSEUM_BUCKET is not set: name the bucket or directory there or with -b",
            message,
            StringComparison.Ordinal
        );
        foreach (
            var key in (string[])
                [
                    "DATABASE_USERNAME",
                    "DATABASE_PASSWORD",
                    "DATABASE_IP",
                    "DATABASE_SSL_MODE",
                    "DATABASE_CA",
                    "MUSEUM_BREAKER_SHARE",
                    "MUSEUM_WORKERS",
                    "MUSEUM_OPENING_HOURS",
                    "MUSEUM_FUTURE_MINUTES",
                    "AWS_ACCESS_KEY_ID",
                    "AWS_ENDPOINT_URL_S3",
                ]
        )
            Assert.Contains(key, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_command_does_not_need_is_no_fault_when_it_is_missing() =>
        Assert.Equal("aws", Read(new() { ["MUSEUM_TARGET"] = "aws" }).Database.Target);

    [Fact]
    public void Secrets_show_in_no_text()
    {
        var environment = new Dictionary<string, string>(Rds)
        {
            ["AWS_ACCESS_KEY_ID"] = "AKIA-id",
            ["AWS_SECRET_ACCESS_KEY"] = "hunter2-of-s3",
        };
        var settings = Read(environment: environment);

        Assert.DoesNotContain("hunter2", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", settings.Database.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", settings.Database.Describe, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{settings.Keys}", StringComparison.Ordinal);
        Assert.Equal("a *** b *** c", settings.Redactor.Redact("a hunter2-of-s3 b hunter2-of-rds c"));
    }

    [Fact]
    public void A_password_that_was_put_into_another_setting_too_is_not_shown_in_the_fault()
    {
        var message = Faults(new(Rds) { ["DATABASE_PORT"] = "hunter2-of-rds" });

        Assert.Contains("DATABASE_PORT (environment): found '***'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "embedded")]
    [InlineData("LOCAL_PORT", "local")]
    [InlineData("LOCAL_DB,LOCAL_HOST", "local")]
    [InlineData("LOCAL_DB,DATABASE_IP", "aws")]
    [InlineData("DATABASE_SSL_MODE", "embedded")]
    public void The_target_is_what_is_configured(string keys, string target)
    {
        Dictionary<string, string> values = new()
        {
            ["LOCAL_PORT"] = "5433",
            ["LOCAL_DB"] = "museum",
            ["LOCAL_HOST"] = "localhost",
            ["DATABASE_IP"] = "db",
            ["DATABASE_SSL_MODE"] = "require",
        };
        var environment = keys.Split(',', StringSplitOptions.RemoveEmptyEntries).ToDictionary(k => k, k => values[k]);

        Assert.Equal(target, Read(environment: environment).Database.Target);
        Assert.Equal("embedded", Read(new() { ["MUSEUM_TARGET"] = "embedded" }, environment).Database.Target);
        Assert.Equal("local", Read(environment: new(environment) { ["MUSEUM_TARGET"] = "LOCAL" }).Database.Target);
    }

    [Fact]
    public void The_connection_to_rds_is_verified_in_full_unless_told_otherwise()
    {
        var connection = ((PostgresSettings)Read(environment: Rds).Database).ConnectionString();

        Assert.Equal(SslMode.VerifyFull, connection.SslMode);
        Assert.Equal(
            ("db.rds.amazonaws.com", 5432, "museum", "loader"),
            (connection.Host, connection.Port, connection.Database, connection.Username)
        );
        Assert.Equal("museum", connection.ApplicationName);
        Assert.False(connection.Multiplexing);
        Assert.False(connection.PersistSecurityInfo);
        Assert.Equal(
            SslMode.Require,
            ((PostgresSettings)Read(environment: new(Rds) { ["DATABASE_SSL_MODE"] = "require" }).Database).SslMode
        );
    }

    [Theory]
    [InlineData("db.example.org", null, SslMode.VerifyFull, false)]
    [InlineData("db.example.org", "prefer", SslMode.Prefer, true)]
    [InlineData("db.example.org", "disable", SslMode.Disable, true)]
    [InlineData("db.example.org", "require", SslMode.Require, false)]
    [InlineData("127.0.0.1", null, SslMode.Prefer, false)]
    [InlineData("::1", null, SslMode.Prefer, false)]
    [InlineData("/run/postgresql", null, SslMode.Prefer, false)]
    [InlineData("localhost.example.org", null, SslMode.VerifyFull, false)]
    public void Off_this_machine_a_database_is_proved_and_no_password_goes_there_in_clear(
        string host,
        string? mode,
        SslMode expected,
        bool scramOnly
    )
    {
        var environment = new Dictionary<string, string> { ["LOCAL_DB"] = "museum", ["LOCAL_HOST"] = host };
        if (mode is not null)
            environment["LOCAL_SSL_MODE"] = mode;
        var local = (PostgresSettings)Read(environment: environment, needs: Needs.Database).Database;

        Assert.Equal(
            (expected, scramOnly ? "ScramSHA256,None" : "ScramSHA256,MD5,Password,GSS,SSPI,None"),
            (local.SslMode, local.ConnectionString().RequireAuth)
        );
    }

    [Fact]
    public void A_local_database_needs_its_name_only()
    {
        var local = (PostgresSettings)
            Read(
                environment: new() { ["LOCAL_DB"] = "museum", ["PGUSER"] = "curator" },
                needs: Needs.Database
            ).Database;

        Assert.Equal(
            ("museum", "localhost", 5432, "curator", SslMode.Prefer),
            (local.Name, local.Host, local.Port, local.Username, local.SslMode)
        );
        Assert.Null(local.Password);
        Assert.Contains(
            "LOCAL_DB",
            Faults(new() { ["LOCAL_HOST"] = "localhost" }, Needs.Database),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_bare_username_and_password_of_a_shell_are_nobodys_business()
    {
        var settings = Read(
            environment: new()
            {
                ["LOCAL_DB"] = "museum",
                ["USERNAME"] = "windows-user",
                ["PASSWORD"] = "windows-password",
            }
        );

        Assert.DoesNotContain("windows", settings.Database.Describe, StringComparison.Ordinal);
        Assert.Null(((PostgresSettings)settings.Database).Password);
    }

    [Fact]
    public void A_session_token_counts_only_beside_the_key_it_was_given_with()
    {
        Dictionary<string, string> keys = new() { ["AWS_ACCESS_KEY_ID"] = "id", ["AWS_SECRET_ACCESS_KEY"] = "secret" },
            token = new() { ["AWS_SESSION_TOKEN"] = "token" };

        Assert.Null(Read(environment: keys, file: token).Keys!.Token);
        Assert.Equal("token", Read(environment: new(keys) { ["AWS_SESSION_TOKEN"] = "token" }).Keys!.Token!.Reveal());
    }

    [Theory]
    [InlineData("https://s3.example.org", true)]
    [InlineData("http://127.0.0.1:9000", true)]
    [InlineData("http://localhost:9000", true)]
    [InlineData("http://10.0.0.1:9000", false)]
    [InlineData("ftp://s3.example.org", false)]
    [InlineData("s3.example.org", false)]
    public void An_endpoint_is_encrypted_or_on_this_machine(string endpoint, bool fine)
    {
        Dictionary<string, string> environment = new() { ["AWS_ENDPOINT_URL"] = endpoint };
        if (fine)
            Assert.True(Read(environment: environment).PathStyle);
        else
            Assert.Contains("AWS_ENDPOINT_URL (environment): found", Faults(environment), StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_with_a_password_in_it_is_refused_without_showing_it() =>
        Assert.DoesNotContain(
            "hunter2",
            Faults(new() { ["AWS_ENDPOINT_URL_S3"] = "https://me:hunter2@s3.example.org" }),
            StringComparison.Ordinal
        );

    [Fact]
    public void The_example_file_lists_every_setting_once_and_sets_none()
    {
        var example = File.ReadAllLines(Path.Combine(Root(), ".env.example"));
        var keys = example.Where(l => l.Length > 0 && l[0] != '#').ToList();

        Assert.All(keys, line => Assert.EndsWith("=", line, StringComparison.Ordinal));
        Assert.Equal(SettingKeys.All.Select(s => s.Key), keys.Select(l => l.TrimEnd('=')));
        foreach (
            var setting in SettingKeys.All.Where(s =>
                s.Default is { } value && !value.Contains(' ', StringComparison.Ordinal)
            )
        )
        {
            var comment = string.Join(
                ' ',
                example
                    .Take(Array.IndexOf(example, setting.Key + "="))
                    .Reverse()
                    .TakeWhile(l => l.StartsWith('#'))
                    .Reverse()
                    .Select(l => l.TrimStart('#', ' '))
            );
            Assert.Contains($"efault: {setting.Default}", comment, StringComparison.Ordinal);
        }
    }

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "MuseumPipeline.slnx")))
            directory = Path.GetDirectoryName(directory.TrimEnd(Path.DirectorySeparatorChar))!;
        return directory;
    }
}
