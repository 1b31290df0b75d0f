using System.Text;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Aws;
using MuseumPipeline.Settings.Reading;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Settings;

/// <summary>What RDS and MSK would find when they verify a token. Whether they then accept the role is for AWS
/// alone.</summary>
public sealed class AwsTokensTests
{
    private const string Id = "AKIAIOSFODNN7EXAMPLE";
    private const string Key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AwsTokens Tokens(string? session = null) =>
        new(
            new(new Secret(Id), new Secret(Key), session is null ? null : new Secret(session)),
            "eu-west-2",
            new FakeTimeProvider(Now)
        );

    [Fact]
    public void Our_own_reckoning_is_the_one_of_Amazons_published_example()
    {
        var example = new Uri(
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        );
        Assert.Equal(
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            SignatureV4.Of(example, Key, "UNSIGNED-PAYLOAD")
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a/token+of=a role")]
    public void The_token_of_a_database_is_a_signed_connect_of_its_user_without_the_scheme(string? session)
    {
        var token = Tokens(session).Database("museum.abc.eu-west-2.rds.amazonaws.com", 5432, "museum");

        var request = new Uri("https://" + token);
        var query = SignatureV4.Query(request);
        Assert.StartsWith("museum.abc.eu-west-2.rds.amazonaws.com:5432/?", token, StringComparison.Ordinal);
        Assert.Equal(
            ("connect", "museum", "900", "20261124T100000Z", session),
            (
                query["Action"],
                query["DBUser"],
                query["X-Amz-Expires"],
                query["X-Amz-Date"],
                query.GetValueOrDefault("X-Amz-Security-Token")
            )
        );
        Assert.Equal($"{Id}/20261124/eu-west-2/rds-db/aws4_request", query["X-Amz-Credential"]);
        Assert.Equal(SignatureV4.Of(request, Key, SignatureV4.Empty), query["X-Amz-Signature"]);
    }

    [Fact]
    public void The_token_of_the_brokers_is_a_signed_connect_too_and_ends_in_a_quarter_of_an_hour()
    {
        var (token, ends) = Tokens("a/token+of=a role").Kafka();

        AssertKafka(token);
        Assert.Equal(Now.AddMinutes(15), ends);
    }

    private static void AssertKafka(string token)
    {
        Assert.DoesNotMatch("[^A-Za-z0-9_-]", token);
        var padded = token.Replace('-', '+').Replace('_', '/') + new string('=', (4 - token.Length % 4) % 4);
        var request = new Uri(Encoding.UTF8.GetString(Convert.FromBase64String(padded)));
        var query = SignatureV4.Query(request);
        Assert.Equal("https://kafka.eu-west-2.amazonaws.com/", request.GetLeftPart(UriPartial.Path));
        Assert.Equal(("kafka-cluster:Connect", "900"), (query["Action"], query["X-Amz-Expires"]));
        Assert.EndsWith("/eu-west-2/kafka-cluster/aws4_request", query["X-Amz-Credential"], StringComparison.Ordinal);
        Assert.Equal(SignatureV4.Of(request, Key, SignatureV4.Empty), query["X-Amz-Signature"]);
    }

    [Theory]
    [InlineData("museum.abc123.eu-west-2.rds.amazonaws.com", "eu-west-2")]
    [InlineData("museum.abc123.rds.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    [InlineData("b-1.museum.abc.c2.kafka.us-gov-west-1.amazonaws.com", "us-gov-west-1")]
    [InlineData("boot-abc.c1.kafka-serverless.eu-central-1.amazonaws.com", "eu-central-1")]
    [InlineData("localhost", null)]
    [InlineData("eu-west-2.rds.amazonaws.com.example.org", null)]
    public void The_address_names_the_region(string host, string? region) =>
        Assert.Equal(region, AwsTokens.RegionOf(host));

    [Fact]
    public async Task A_database_is_shown_a_fresh_token_inside_TLS()
    {
        await using var rds = TokenCatcher.Postgres();
        using var museum = Museum(rds, "DATABASE_CA");
        museum.Environment["DATABASE_AUTH"] = "iam";
        museum.Environment["DATABASE_IP"] = "localhost";
        museum.Environment["DATABASE_PORT"] = $"{rds.Port}";
        museum.Environment["DATABASE_NAME"] = "museum";
        museum.Environment["DATABASE_USERNAME"] = "loader";

        var run = await museum.RunAsync("db", "ping");
        var request = new Uri("https://" + await rds.TokenAsync(Cancel));

        var query = SignatureV4.Query(request);
        Assert.Equal(("localhost", rds.Port, "loader"), (request.Host, request.Port, query["DBUser"]));
        Assert.Equal(SignatureV4.Of(request, Key, SignatureV4.Empty), query["X-Amz-Signature"]);
        Assert.Equal(4, run.ExitCode);
        Assert.DoesNotContain(query["X-Amz-Signature"], run.Error + run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_are_shown_a_token_inside_TLS()
    {
        await using var msk = TokenCatcher.Kafka();
        using var museum = Museum(msk, "KAFKA_SSL_CA_LOCATION");
        museum.Environment["BOOTSTRAP_SERVERS"] = $"localhost:{msk.Port}";
        museum.Environment["SECURITY_PROTOCOL"] = "SASL_SSL";
        museum.Environment["SASL_MECHANISM"] = "AWS_MSK_IAM";
        using var consumer = museum.Start("consume");
        try
        {
            AssertKafka(await msk.TokenAsync(Cancel));
        }
        finally
        {
            consumer.Kill();
            await consumer.WaitForExitAsync(Cancel);
        }
    }

    private static MuseumProcess Museum(TokenCatcher server, string authority)
    {
        var museum = new MuseumProcess();
        museum.Write("ca.pem", server.Authority);
        museum.Environment[authority] = "ca.pem";
        museum.Environment["AWS_REGION"] = "eu-west-2";
        museum.Environment["AWS_ACCESS_KEY_ID"] = Id;
        museum.Environment["AWS_SECRET_ACCESS_KEY"] = Key;
        return museum;
    }

    [Fact]
    public void A_password_beside_a_token_and_a_token_for_whoever_listens_are_refused()
    {
        var error = Assert.Throws<MuseumException>(() =>
            SettingsReader.Read(
                new SettingLayers(
                    new Dictionary<string, string>(),
                    new Dictionary<string, string>
                    {
                        ["DATABASE_AUTH"] = "iam",
                        ["DATABASE_IP"] = "10.0.0.7",
                        ["DATABASE_NAME"] = "museum",
                        ["DATABASE_USERNAME"] = "loader",
                        ["DATABASE_PASSWORD"] = "hunter2",
                        ["DATABASE_SSL_MODE"] = "require",
                        ["BOOTSTRAP_SERVERS"] = "b-1.museum.abc.c2.kafka.eu-west-2.amazonaws.com:9098",
                        ["SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
                        ["SASL_MECHANISM"] = "aws_msk_iam",
                    },
                    new Dictionary<string, string>(),
                    ".env",
                    Directory.GetCurrentDirectory()
                ),
                Needs.Database | Needs.Kafka
            )
        );
        Assert.Equal(
            ["DATABASE_PASSWORD", "DATABASE_SSL_MODE", "DATABASE_AUTH", "SECURITY_PROTOCOL"],
            error.Explanation.Settings
        );
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
