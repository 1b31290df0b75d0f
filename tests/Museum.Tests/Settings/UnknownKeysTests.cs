using MuseumPipeline.Settings;

namespace MuseumPipeline.Tests.Settings;

public sealed class UnknownKeysTests
{
    private static IReadOnlyList<string> In(
        Dictionary<string, string>? environment = null,
        Dictionary<string, string>? file = null
    ) =>
        UnknownKeys.In(new SettingLayers(new Dictionary<string, string>(), environment ?? [], file ?? [], ".env", "/"));

    [Theory]
    [InlineData("DATABSE_NAME", "DATABASE_NAME")]
    [InlineData("MUSEUM_BUKET", "MUSEUM_BUCKET")]
    [InlineData("DB_HOST", "DATABASE_IP")]
    [InlineData("S3_BUCKET", "MUSEUM_BUCKET")]
    [InlineData("GROUP_ID", "GROUP")]
    [InlineData("ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID")]
    public void A_name_that_was_meant_for_us_is_reported_with_ours(string key, string ours)
    {
        var meant = $"Did you mean {ours}?";
        Assert.Contains(meant, Assert.Single(In(environment: new() { [key] = "x" })), StringComparison.Ordinal);
        Assert.Contains(meant, Assert.Single(In(file: new() { [key] = "x" })), StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_environment_it_is_reported_only_while_ours_is_not_set() =>
        Assert.Empty(In(new() { ["DB_HOST"] = "x", ["DATABASE_IP"] = "db" }));

    [Fact]
    public void Other_programs_variables_are_nobodys_business_but_in_our_file_they_are()
    {
        Assert.Empty(
            In(
                new()
                {
                    ["EDITOR"] = "vi",
                    ["PATH"] = "/bin",
                    ["AWS_PROFILE"] = "museum",
                    ["KAFKA_OPTS"] = "",
                }
            )
        );
        Assert.Contains(
            ".env: EDITOR is not a setting of ours",
            Assert.Single(In(file: new() { ["EDITOR"] = "vi" })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_name_can_be_silenced_and_no_value_is_ever_shown()
    {
        Assert.Empty(In(new() { ["DATABSE_NAME"] = "x", ["MUSEUM_QUIET_KEYS"] = "DATABSE_NAME, OTHER" }));
        Assert.DoesNotContain(
            "hunter2",
            string.Join('\n', In(file: new() { ["LOCAL_PASWORD"] = "hunter2" })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_we_understand_is_not_reported() =>
        Assert.Empty(
            In(
                file: new()
                {
                    ["MUSEUM_BUCKET"] = "b",
                    ["PGUSER"] = "u",
                    ["AWS_DEFAULT_REGION"] = "r",
                    ["LOCAL_PASSWORD_FILE"] = "/f",
                    ["KAFKA_SSL_CA_LOCATION"] = "/ca",
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4318",
                }
            )
        );
}
