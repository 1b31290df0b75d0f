using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>The dashboard's own certificate: whether it can be read, matches its key, for which names and for how
/// long.</summary>
internal static class DoctorServeCertificate
{
    private const string Name = "certificate";
    private const string CertificateKey = "MUSEUM_TLS_CERTIFICATE";
    private const string KeyKey = "MUSEUM_TLS_KEY";

    public static IReadOnlyList<Check> Examine(TlsFiles files, TimeProvider clock)
    {
        if (Try(() => File.ReadAllText(files.Key), out var unread) is not { } key)
            return
            [
                Check.Wrong(
                    Name,
                    ExitCode.Configuration,
                    $"{files.Key} cannot be read: {unread}",
                    $"set {KeyKey} to a file this user may read",
                    KeyKey
                ),
            ];
        using var certificate = Try(
            () => X509Certificate2.CreateFromPem(File.ReadAllText(files.Certificate)),
            out var problem
        );
        if (certificate is null)
            return
            [
                Check.Wrong(
                    Name,
                    ExitCode.Configuration,
                    $"{files.Certificate} is not a certificate in PEM: {problem}",
                    $"set {CertificateKey} to the certificate with its chain",
                    CertificateKey
                ),
            ];
        using var pair = Try(() => X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), out _);
        return pair is null ? [Unpaired(files, key)] : [.. Judge(files, certificate, clock.GetUtcNow())];
    }

    private static Check Unpaired(TlsFiles files, string key)
    {
        var (found, fix) =
            key.Contains("ENCRYPTED", StringComparison.Ordinal)
                ? ("is locked with a password", "unlock it: openssl pkey -in KEY -out UNLOCKED")
            : key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                ? (
                    $"does not belong to {files.Certificate}, or is damaged",
                    $"set {KeyKey} to the key of this certificate"
                )
            : ("is not a private key in PEM", $"set {KeyKey} to the certificate's key");
        return Check.Wrong(Name, ExitCode.Configuration, $"{files.Key} {found}", fix, KeyKey, CertificateKey);
    }

    private static IEnumerable<Check> Judge(TlsFiles files, X509Certificate2 certificate, DateTimeOffset now)
    {
        DateTimeOffset from = certificate.NotBefore,
            to = certificate.NotAfter;
        var names = Names(certificate);
        var days = (int)Math.Floor((to - now).TotalDays);
        var found =
            $"{files.Certificate} is for {(names.Count > 0 ? string.Join(", ", names) : certificate.Subject)}, "
            + $"until {Show.Time(to)}";
        if (to <= now)
            yield return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{found}: it has expired",
                "renew it; a restart of museum serve is not needed",
                CertificateKey
            );
        else if (from > now)
            yield return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{found}: it is not valid before {Show.Time(from)}",
                "check this machine's clock, or wait",
                CertificateKey
            );
        else if (to - now < Certificate.Soon)
            yield return Check.Doubtful(
                Name,
                $"{found}: {days} {(days == 1 ? "day" : "days")} left",
                "renew it; a restart of museum serve is not needed",
                CertificateKey
            );
        else
            yield return Check.Fine(Name, $"{found}: {Show.Number(days)} days left; its key belongs to it");
        if (names.Count == 0)
            yield return Check.Doubtful(
                Name,
                "the certificate has no name that browsers check",
                "get one with a subjectAltName",
                CertificateKey
            );
    }

    private static List<string> Names(X509Certificate2 certificate) =>
        [
            .. certificate
                .Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))),
        ];

    private static T? Try<T>(Func<T> read, out string problem)
        where T : class
    {
        try
        {
            problem = "";
            return read();
        }
        catch (Exception e)
            when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = e.Message.TrimEnd('.');
            return null;
        }
    }
}
