using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MuseumPipeline.Commands.Db;
using MuseumPipeline.Commands.Doctor;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Commands;

public sealed class DoctorMoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    [Theory]
    [InlineData(2020, "has expired on 2020-01-01")]
    [InlineData(2120, null)]
    public async Task A_bundle_of_certificates_that_has_expired_is_reported_with_its_setting(int year, string? found)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            new(2019, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new(year, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );
        museum.Write("ca.pem", certificate.ExportCertificatePem());
        museum.Environment["LOCAL_CA"] = "ca.pem";
        museum.Environment["LOCAL_HOST"] = "127.0.0.1";
        museum.Environment["MUSEUM_TARGET"] = "embedded";

        var run = await museum.RunAsync("doctor", "--json");

        var machine = run
            .Json.GetProperty("checks")
            .EnumerateArray()
            .Where(c => c.GetProperty("name").GetString() == "machine");
        Assert.Equal(found is null, machine.Single().GetProperty("state").GetString() == "ok");
        if (found is not null)
        {
            Assert.Contains(found, machine.Single().GetProperty("found").GetString(), StringComparison.Ordinal);
            Assert.Equal("LOCAL_CA", machine.Single().GetProperty("settings")[0].GetString());
        }
    }

    [Fact]
    public async Task A_machine_without_time_zones_is_told_what_to_install()
    {
        museum.Environment["TZDIR"] = Directory.CreateDirectory(Path.Combine(museum.Directory, "none")).FullName;

        var run = await museum.RunAsync("doctor");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("apt-get install tzdata", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("me", 5, null, "ok", "2 partitions are consumed")]
    [InlineData("me", 16, null, "doubtful", "nobody consumes lmnh:0, lmnh:1; last heartbeat: 2026-11-24 09:59:44Z")]
    [InlineData(null, 5, null, "doubtful", "nobody consumes")]
    [InlineData("me", 5, "the messages up to 7 were deleted", "doubtful", "lmnh:0 is stopped: the messages up to 7")]
    public void The_consumers_life_is_reported_by_what_it_leaves_in_the_database(
        string? owner,
        int seconds,
        string? problem,
        string state,
        string found
    )
    {
        var rows = Enumerable
            .Range(0, 2)
            .Select(partition => new PartitionRow(
                "c",
                "lmnh",
                "t",
                partition,
                1,
                1,
                0,
                7,
                7,
                7,
                null,
                1,
                owner,
                partition == 0 ? problem : null,
                false,
                Now,
                Now.AddSeconds(-seconds)
            ))
            .ToList();

        var check = Assert.Single(DoctorConsumer.Of(rows, Now));

        Assert.Equal(state, check.State.ToString().ToLowerInvariant());
        Assert.StartsWith(found, check.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000, 5_000, true, 0, null)]
    [InlineData(100_000, 30_000, true, 0, "vacuum (analyze) rating_instance")]
    [InlineData(5_000, 9_000, true, 0, null)]
    [InlineData(100_000, 0, false, 0, "analyze rating_instance")]
    [InlineData(100_000, 0, true, 1_500_000_000, "vacuum (freeze) rating_instance")]
    public void Housekeeping_that_falls_behind_is_reported_with_its_command(
        long rows,
        long dead,
        bool analyzed,
        long age,
        string? fix
    )
    {
        var database = new PostgresSettings("local")
        {
            Host = "h",
            Port = 1,
            Name = "n",
            Username = "u",
            SslMode = Npgsql.SslMode.Disable,
        };
        var checks = VacuumCheck.Judge(new("rating_instance", rows, dead, "rows", analyzed, age), database).ToList();

        Assert.Equal(fix is null ? 0 : 1, checks.Count);
        if (fix is not null)
            Assert.Contains(fix, checks[0].Fix, StringComparison.Ordinal);
        Assert.Equal(age > 0 ? ExitCode.Service : ExitCode.Done, checks.FirstOrDefault()?.ExitCode ?? ExitCode.Done);
    }
}
