using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>What this machine must provide, and what runs out with time: OpenSSL, disk space, certificates.</summary>
internal sealed class DoctorMachine(Session session)
{
    private const string Name = "machine";
    private const long LowSpace = 1_000_000_000;
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public IReadOnlyList<Check> Examine()
    {
        List<Check?> found = [OpenSsl(), Room(), .. Authorities()];
        List<Check> checks = [.. found.OfType<Check>()];
        return checks.Count > 0 ? checks : [Check.Fine(Name, "OpenSSL and disk space are there")];
    }

    private static Check? OpenSsl()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            return SafeEvpPKeyHandle.OpenSslVersion > 0 ? null : Missing();
        }
        catch (Exception e)
            when (e is TypeInitializationException or DllNotFoundException or PlatformNotSupportedException)
        {
            return Missing();
        }

        static Check Missing() =>
            Check.Wrong(
                Name,
                ExitCode.Configuration,
                "OpenSSL is missing, and every checksum and encrypted connection needs it",
                "install it: apt-get install libssl3"
            );
    }

    /// <summary>Large objects are kept on disk while they are verified.</summary>
    private Check? Room()
    {
        var spool = session.Settings.SpoolDirectory ?? Path.GetTempPath();
        if (!Directory.Exists(spool))
            return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"the directory {spool} for large objects is not there",
                "create it, or set MUSEUM_SPOOL to another",
                "MUSEUM_SPOOL"
            );
        var free = new DriveInfo(spool).AvailableFreeSpace;
        return free >= LowSpace
            ? null
            : Check.Doubtful(
                Name,
                $"{spool} has {Show.Bytes(free)} left for large objects",
                "make room, or set MUSEUM_SPOOL to another directory",
                "MUSEUM_SPOOL"
            );
    }

    private IEnumerable<Check?> Authorities()
    {
        foreach (var database in session.Settings.Configured.OfType<PostgresSettings>())
            yield return Authority(database.RootCertificate, database.Key("CA"));
        yield return Authority(
            session.Settings.Kafka?.Extra.GetValueOrDefault("ssl.ca.location"),
            "KAFKA_SSL_CA_LOCATION"
        );
    }

    /// <summary>In a bundle the certificate that lasts longest counts: the others are older ones.</summary>
    private Check? Authority(string? file, string key)
    {
        if (file is null || !File.Exists(file))
            return null;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (CryptographicException)
        {
            // Whoever connects reports it.
            return null;
        }

        if (certificates.Count == 0)
            return null;
        var until = certificates.Max(certificate => certificate.NotAfter.ToUniversalTime());
        var now = session.Clock.GetUtcNow().UtcDateTime;
        if (until - now > Soon)
            return null;
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"{file} {(until < now ? "has expired on" : "expires on")} {until:yyyy-MM-dd}"
        );
        const string Fix = "add the new certificates there to the old ones before the server changes";
        return until < now
            ? Check.Wrong(Name, ExitCode.Configuration, found, Fix, key)
            : Check.Doubtful(Name, found, Fix, key);
    }
}
