using System.Text.Json;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

/// <summary>Each setting is wrong in turn: the doctor names it and the fix, and never shows a secret.</summary>
public sealed class DoctorCommandTests(PostgresServer postgres, S3Server s3) : IDisposable
{
    private readonly MuseumProcess _museum = new();

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task A_machine_without_any_settings_is_well()
    {
        var outcome = await _museum.RunAsync("doctor");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("the first load creates it", outcome.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_museum.Directory));
    }

    [Fact]
    public async Task A_machine_without_time_zone_data_is_told_what_to_install_by_every_command_that_needs_a_zone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has its time zones in the registry.");
        await _museum.RunAsync("db", "migrate");
        _museum.Write("in.ndjson", """{"at":"2026-11-24T10:00:00Z","site":"1","val":3}""");
        Directory.CreateDirectory(Path.Combine(_museum.Directory, "no-zones"));
        _museum.Environment["TZDIR"] = Path.Combine(_museum.Directory, "no-zones");

        var check = await WrongAsync("time zones", 3);

        Assert.Contains("install the system's package tzdata", check.GetProperty("fix").GetString());
        foreach (
            var arguments in (string[][])
                [
                    ["consume", "--from", "in.ndjson"],
                    ["report", "--week", "2026-W47", "--for", "security", "-o", "week.html"],
                    ["serve", "--listen", $"127.0.0.1:{FreePorts.One()}"],
                    ["museums", "change", "LMNH", "--name", "Another"],
                ]
        )
        {
            var outcome = await _museum.RunAsync(arguments);
            Assert.True(outcome.ExitCode == 3, $"{arguments[0]}: {outcome.ExitCode} {outcome.Error}");
            Assert.Contains("tzdata", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("DATABASE_PORT", "0")]
    [InlineData("AWS_ACCESS_KEY_ID", "alone")]
    [InlineData("MUSEUM_LOG_LEVEL", "loud")]
    public async Task A_wrong_setting_is_a_fault_of_the_configuration(string key, string value)
    {
        _museum.Environment[key] = value;

        var check = await WrongAsync("configuration", 3);

        Assert.Contains(key, Settings(check));
    }

    [Fact]
    public async Task A_misspelt_key_in_the_env_file_is_pointed_out()
    {
        _museum.Write(".env", "MUSEUM_BUKET=x\n");

        var outcome = await _museum.RunAsync("doctor");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("write MUSEUM_BUCKET", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/directory/museum.db", "is not there")]
    [InlineData("/tmp", "is a directory")]
    [InlineData("no-database", "is not a SQLite database")]
    public async Task An_embedded_database_that_cannot_be_is_reported_with_its_setting(string path, string found)
    {
        _museum.Write("no-database", "something else altogether");
        _museum.Environment["MUSEUM_DATABASE"] = path;

        var check = await WrongAsync("embedded", 3);

        Assert.Contains(found, check.GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Equal(["MUSEUM_DATABASE"], Settings(check));
    }

    [Theory]
    [InlineData("DATABASE_PASSWORD", "another-password", "does not accept the password")]
    [InlineData("DATABASE_USERNAME", "nobody", "does not know the user")]
    [InlineData("DATABASE_NAME", "no_such_database", "has no database no_such_database")]
    [InlineData("DATABASE_PORT", "1", "nothing listens")]
    [InlineData("DATABASE_IP", "museum.invalid", "there is no machine with the name museum.invalid")]
    public async Task A_database_setting_that_is_wrong_is_named(string key, string value, string found)
    {
        await using var database = await postgres.FreshDatabaseAsync();
        Use(database);
        _museum.Environment["DATABASE_SSL_MODE"] = "disable";
        Assert.Equal(0, (await _museum.RunAsync("doctor")).ExitCode);
        _museum.Environment[key] = value;

        var check = await WrongAsync("aws", 4);

        Assert.Contains(found, check.GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Contains(key, Settings(check));
        Assert.Contains(key, check.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_right_is_reported_with_the_grant_that_fixes_it()
    {
        await using var database = await postgres.FreshDatabaseAsync();
        Use(database);
        _museum.Environment["DATABASE_SSL_MODE"] = "disable";
        await database.ExecuteAsync(
            $"revoke create on schema public from public; alter schema public owner to {database.Connection.Username}"
        );
        Assert.Equal(0, (await _museum.RunAsync("db", "migrate")).ExitCode);
        await database.ExecuteAsync(
            $"alter table rating_instance owner to current_user; revoke all on rating_instance from "
                + $"{database.Connection.Username}"
        );

        var check = await WrongAsync("aws", 4);

        Assert.EndsWith(
            "may not read and add rows in: rating_instance",
            check.GetProperty("found").GetString(),
            StringComparison.Ordinal
        );
        Assert.Contains("grant select, insert", check.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_or_name_is_distinguished()
    {
        var certificates = TestCertificates.For("localhost");
        _museum.Write("right.crt", certificates.Authority);
        _museum.Write("wrong.crt", TestCertificates.For("localhost").Authority);
        await using var cluster = await PostgresServer.OwnAsync(new PostgresOptions(Tls: certificates));
        var connection = cluster.Connection();
        Use(connection.Host!, connection.Port, connection.Database!, connection.Username!, connection.Password!);
        _museum.Environment["DATABASE_IP"] = "localhost";
        _museum.Environment["DATABASE_CA"] = "right.crt";
        Assert.Equal(0, (await _museum.RunAsync("doctor")).ExitCode);

        _museum.Environment["DATABASE_CA"] = "wrong.crt";
        Assert.Equal(["DATABASE_CA"], Settings(await WrongAsync("aws", 4)));
        _museum.Environment.Remove("DATABASE_CA");
        Assert.Equal(["DATABASE_CA"], Settings(await WrongAsync("aws", 4)));
        _museum.Environment["DATABASE_CA"] = "right.crt";
        _museum.Environment["DATABASE_IP"] = "127.0.0.1";
        var name = await WrongAsync("aws", 4);

        Assert.Equal(["DATABASE_IP"], Settings(name));
        Assert.Contains(
            "is for localhost, not for 127.0.0.1",
            name.GetProperty("found").GetString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID", "another-key")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "another-secret")]
    [InlineData("MUSEUM_BUCKET", "no-such-bucket")]
    [InlineData("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")]
    public async Task A_setting_of_the_bucket_that_is_wrong_is_named(string key, string value)
    {
        var settings = await s3.SettingsAsync();
        using var client = await s3.ClientAsync();
        var bucket = await S3Server.NewBucketAsync(client);
        await S3Server.PutAsync(client, bucket, [("lmnh_hist_data_0.csv", "at,site,val,type\n"u8.ToArray())]);
        _museum.Environment["AWS_ACCESS_KEY_ID"] = settings.AccessKey!;
        _museum.Environment["AWS_SECRET_ACCESS_KEY"] = settings.SecretKey!;
        _museum.Environment["AWS_ENDPOINT_URL_S3"] = settings.Endpoint!.ToString();
        _museum.Environment["MUSEUM_BUCKET"] = bucket;
        Assert.Equal(0, (await _museum.RunAsync("doctor")).ExitCode);
        _museum.Environment[key] = value;

        var check = await WrongAsync("bucket", 4);

        Assert.Equal(key, Settings(check)[0]);
    }

    private void Use(TestDatabase database)
    {
        var connection = database.Connection;
        Use(connection.Host!, connection.Port, connection.Database!, connection.Username!, connection.Password!);
    }

    private void Use(string host, int port, string database, string user, string password)
    {
        _museum.Environment["DATABASE_IP"] = host;
        _museum.Environment["DATABASE_PORT"] = $"{port}";
        _museum.Environment["DATABASE_NAME"] = database;
        _museum.Environment["DATABASE_USERNAME"] = user;
        _museum.Environment["DATABASE_PASSWORD"] = password;
    }

    // The one check that fails. No secret is shown, neither to people nor to programs.
    private async Task<JsonElement> WrongAsync(string name, int exitCode)
    {
        var (people, programs) = (await _museum.RunAsync("doctor"), await _museum.RunAsync("doctor", "--json"));
        Assert.Equal((exitCode, exitCode), (people.ExitCode, programs.ExitCode));
        foreach (
            var secret in _museum.Environment.Where(e =>
                e.Key.EndsWith("PASSWORD", StringComparison.Ordinal)
                || e.Key.EndsWith("SECRET_ACCESS_KEY", StringComparison.Ordinal)
            )
        )
            Assert.All(
                (string[])[people.Out, people.Error, programs.Out, programs.Error],
                text => Assert.DoesNotContain(secret.Value, text, StringComparison.Ordinal)
            );
        var wrong = programs
            .Json.GetProperty("checks")
            .EnumerateArray()
            .Where(c => c.GetProperty("state").GetString() == "wrong");
        var check = Assert.Single(wrong);
        Assert.Equal(name, check.GetProperty("name").GetString());
        return check;
    }

    private static List<string?> Settings(JsonElement check) =>
        [.. check.GetProperty("settings").EnumerateArray().Select(s => s.GetString())];
}
