using System.Net.Sockets;
using System.Security.Authentication;
using MuseumPipeline.Store.Postgres;
using Npgsql;

namespace MuseumPipeline.Tests.Store.Postgres;

public sealed class PostgresFaultTests
{
    private static readonly NpgsqlConnectionStringBuilder Connection = new(
        "Host=db.example.org;Port=5433;Database=museum;Username=loader;Password=hunter2"
    );

    [Theory]
    [InlineData(
        "28P01",
        "password authentication failed for user \"loader\"",
        "DATABASE_PASSWORD",
        "DATABASE_USERNAME"
    )]
    [InlineData("28000", "role \"loader\" does not exist", "DATABASE_USERNAME")]
    [InlineData(
        "28000",
        "no pg_hba.conf entry for host \"1.2.3.4\", user \"loader\", database \"museum\", no encryption",
        "DATABASE_SSL_MODE"
    )]
    [InlineData(
        "28000",
        "pg_hba.conf rejects connection for host \"1.2.3.4\"",
        "DATABASE_USERNAME",
        "DATABASE_NAME",
        "DATABASE_IP"
    )]
    [InlineData("3D000", "database \"museum\" does not exist", "DATABASE_NAME")]
    [InlineData("42501", "permission denied for table source", "DATABASE_USERNAME")]
    [InlineData("25006", "cannot execute INSERT in a read-only transaction", "DATABASE_IP")]
    [InlineData("42P01", "relation \"source\" does not exist", "DATABASE_NAME")]
    public void What_a_server_answered_leads_to_the_setting_at_fault(
        string sqlState,
        string text,
        params string[] settings
    )
    {
        var explanation = PostgresFault.Of(new PostgresException(text, "FATAL", "FATAL", sqlState), "aws", Connection);

        Assert.Equal(settings, explanation.Settings);
        Assert.Contains(sqlState, explanation.Found, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", explanation.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, "LOCAL_PORT")]
    [InlineData(SocketError.HostNotFound, "LOCAL_HOST")]
    [InlineData(SocketError.TimedOut, "LOCAL_HOST")]
    public void A_server_that_is_not_there_leads_to_the_address(SocketError error, string setting)
    {
        var explanation = PostgresFault.Of(
            new NpgsqlException("Failed to connect", new SocketException((int)error)),
            "local",
            Connection
        );

        Assert.Equal(setting, explanation.Settings[0]);
    }

    [Fact]
    public void A_refused_certificate_leads_to_the_authority_and_the_name()
    {
        var error = new NpgsqlException(
            "Exception while performing SSL handshake",
            new AuthenticationException("The remote certificate was rejected")
        );

        Assert.Equal(["DATABASE_CA", "DATABASE_IP"], PostgresFault.Of(error, "aws", Connection).Settings);
    }

    [Fact]
    public void What_is_unknown_is_reported_as_it_is()
    {
        var explanation = PostgresFault.Of(
            new PostgresException("something new", "FATAL", "FATAL", "XX999"),
            "local",
            Connection
        );

        Assert.Contains("something new (XX999)", explanation.Found, StringComparison.Ordinal);
    }
}
