using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Serve.Security;

/// <summary>The server's certificate with its chain. Its files are checked every few seconds: a renewed one is used
/// from then on, and if the new one is invalid, the previous one stays in use. Contents are compared, not times,
/// because behind a symbolic link a renewed file need not have a new time.</summary>
internal sealed class Certificate : IHostedService, IDisposable
{
    /// <summary>Enough time to renew it by hand.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarnEvery = TimeSpan.FromDays(1);

    private readonly Lock one = new();
    private readonly TlsFiles files;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private volatile SslStreamCertificateContext shown;
    private string print;
    private string? doubted;
    private string? told;
    private DateTimeOffset warnAgain = DateTimeOffset.MinValue;
    private ITimer? timer;

    /// <exception cref="MuseumException">The files are not a certificate with its key.</exception>
    public Certificate(TlsFiles files, TimeProvider clock, ILoggerFactory logs)
    {
        (this.files, this.clock, log) = (files, clock, logs.CreateLogger("museum"));
        (shown, print) = Read(files, null)!.Value;
    }

    /// <summary>For one connection.</summary>
    public SslServerAuthenticationOptions Options => new() { ServerCertificateContext = shown };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        timer = clock.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => timer?.Dispose();

    private void Look()
    {
        // On a slow disk the previous check may still be running.
        if (!one.TryEnter())
            return;
        try
        {
            Renew();
            WarnOfItsEnd();
        }
        finally
        {
            one.Exit();
        }
    }

    private void Renew()
    {
        try
        {
            if (Read(files, print) is { } renewed)
            {
                (shown, print) = renewed;
                warnAgain = DateTimeOffset.MinValue;
                log.LogInformation(
                    "serve: a renewed certificate is used from now on, until {End:yyyy-MM-ddTHH:mm:ssZ}",
                    End.UtcDateTime
                );
            }

            doubted = told = null;
        }
        catch (Exception e)
        {
            // A renewal writes one file after another: a fault is reported only if it persists at the next check, and
            // once.
            if (e.Message == doubted && e.Message != told)
                log.LogWarning("serve: {Problem}; the previous one stays in use", told = e.Message);
            doubted = e.Message;
        }
    }

    private void WarnOfItsEnd()
    {
        var now = clock.GetUtcNow();
        if (now < warnAgain || End - now >= Soon)
            return;
        warnAgain = now + WarnEvery;
        log.LogWarning(
            "serve: the certificate in {File} is good until {End:yyyy-MM-ddTHH:mm:ssZ} only: renew it; a restart "
                + "is not needed",
            files.Certificate,
            End.UtcDateTime
        );
    }

    private DateTimeOffset End => new(shown.TargetCertificate.NotAfter);

    /// <summary>Null if the files have this fingerprint.</summary>
    private static (SslStreamCertificateContext Shown, string Print)? Read(TlsFiles files, string? known)
    {
        try
        {
            var (certificate, key) = (File.ReadAllText(files.Certificate), File.ReadAllText(files.Key));
            var print = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(certificate + key)));
            if (print == known)
                return null;
            using var pem = X509Certificate2.CreateFromPem(certificate, key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            // Via PKCS#12, because some platforms' TLS does not find a key that exists only in memory.
            var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            return (SslStreamCertificateContext.Create(own, [.. chain.Skip(1)], offline: true), print);
        }
        catch (Exception e)
            when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MuseumException(
                ExitCode.Configuration,
                $"MUSEUM_TLS_CERTIFICATE and MUSEUM_TLS_KEY: {files.Certificate} and {files.Key} are no "
                    + $"certificate with its key in PEM ({e.Message})",
                e
            );
        }
    }
}
