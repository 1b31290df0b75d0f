using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;

namespace MuseumPipeline.Tests.Settings;

/// <summary>Where a value comes from when more than one place could have it.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-secrets-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private string Holding(string text)
    {
        var path = Path.Combine(directory, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }

    private MuseumSettings Read(
        Dictionary<string, string> environment,
        Dictionary<string, string>? file = null,
        Needs needs = Needs.Nothing
    ) =>
        SettingsReader.Read(
            new SettingLayers(new Dictionary<string, string>(), environment, file ?? [], ".env", directory),
            needs
        );

    private string Fault(Dictionary<string, string> environment, Dictionary<string, string>? file = null) =>
        Assert.Throws<MuseumException>(() => Read(environment, file)).Message;

    [Theory]
    [InlineData("s3cret word", "s3cret word")]
    [InlineData("s3cret word\n", "s3cret word")]
    [InlineData("s3cret word\r\n", "s3cret word")]
    [InlineData(" s3cret word \n\n", " s3cret word \n")]
    public void A_secret_may_be_in_a_file_and_one_final_line_end_is_not_part_of_it(string text, string secret)
    {
        var local = (PostgresSettings)
            Read(new() { ["LOCAL_DB"] = "museum", ["LOCAL_PASSWORD_FILE"] = Holding(text) }).Database;

        Assert.Equal(secret, local.Password!.Reveal());
    }

    [Fact]
    public void A_secret_from_a_file_shows_in_no_text()
    {
        var settings = Read(new() { ["LOCAL_DB"] = "museum", ["LOCAL_PASSWORD_FILE"] = Holding("hunter2-of-file\n") });

        Assert.Equal("a *** b", settings.Redactor.Redact("a hunter2-of-file b"));
    }

    [Fact]
    public void The_key_and_its_file_together_are_a_fault_wherever_they_stand()
    {
        var path = Holding("a");

        Assert.Contains(
            "LOCAL_PASSWORD (.env) and LOCAL_PASSWORD_FILE (environment) are both set: set one of them",
            Fault(new() { ["LOCAL_DB"] = "m", ["LOCAL_PASSWORD_FILE"] = path }, new() { ["LOCAL_PASSWORD"] = "b" }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_missing_or_empty_is_named()
    {
        Assert.Contains(
            "DATABASE_PASSWORD_FILE (environment): Could not find",
            Fault(new() { ["DATABASE_PASSWORD_FILE"] = Path.Combine(directory, "nowhere") }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is empty",
            Fault(new() { ["DATABASE_PASSWORD_FILE"] = Holding("") }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Kafkas_password_may_be_in_a_file_named_by_the_environment()
    {
        var kafka = Read(
            new()
            {
                ["BOOTSTRAP_SERVERS"] = "broker:9092",
                ["SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
                ["SASL_MECHANISM"] = "SCRAM-SHA-512",
                ["PASSWORD_FILE"] = Holding("of-kafka\n"),
            },
            new() { ["USERNAME"] = "museum" },
            Needs.Kafka
        ).Kafka!;

        Assert.Equal(("museum", "of-kafka"), (kafka.Username, kafka.Password!.Reveal()));
    }

    [Fact]
    public void A_property_of_librdkafka_that_is_a_secret_may_be_in_a_file()
    {
        var kafka = Read(
            new() { ["BOOTSTRAP_SERVERS"] = "b:1", ["KAFKA_SSL_KEY_PASSWORD_FILE"] = Holding("of-the-key\n") },
            needs: Needs.KafkaIfSet
        ).Kafka!;

        Assert.Equal("of-the-key", kafka.Extra["ssl.key.password"]);
    }

    [Theory]
    [InlineData(true, true, false, "shell")]
    [InlineData(true, false, false, null)]
    [InlineData(false, true, false, null)]
    [InlineData(true, true, true, "file")]
    public void USERNAME_counts_from_the_environment_only_beside_PASSWORD_and_SASL_MECHANISM(
        bool password,
        bool mechanism,
        bool inFile,
        string? user
    )
    {
        Dictionary<string, string> environment = new()
        {
            ["BOOTSTRAP_SERVERS"] = "b:1",
            ["SECURITY_PROTOCOL"] = "SASL_SSL",
            ["USERNAME"] = "shell",
        };
        if (password)
            environment["PASSWORD"] = "of-the-shell";
        if (mechanism)
            environment["SASL_MECHANISM"] = "PLAIN";
        var file = inFile ? new Dictionary<string, string> { ["USERNAME"] = "file" } : [];

        Assert.Equal(user, Read(environment, file, Needs.KafkaIfSet).Kafka!.Username);
    }

    [Fact]
    public void A_setting_of_ours_in_the_file_beats_another_programs_variable_in_the_environment()
    {
        var local = (PostgresSettings)
            Read(
                new() { ["PGUSER"] = "postgres", ["PGPASSWORD"] = "other" },
                new()
                {
                    ["LOCAL_DB"] = "museum",
                    ["LOCAL_USERNAME"] = "reader",
                    ["LOCAL_PASSWORD"] = "right",
                }
            ).Database;

        Assert.Equal(("reader", "right"), (local.Username, local.Password!.Reveal()));
    }
}
