using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MuseumPipeline.Load;
using MuseumPipeline.Run;

namespace MuseumPipeline.View.Security;

/// <summary>How people come in, decided once at start; nothing listens before it is.</summary>
/// <param name="LoginRequired">False: whoever reaches this machine's own address is an operator.</param>
/// <param name="ThisMachineOnly">Only this machine's own names may be in the address bar: a name of somebody else's that leads here would let their page in.</param>
/// <param name="Certificate">The server's own, with its chain, where it ends TLS itself.</param>
internal sealed record Gate(bool LoginRequired, bool ThisMachineOnly, ServeSettings Settings, X509Certificate2Collection? Certificate)
{
    /// <exception cref="MuseumException">The address would be open to others, without a login or without encryption.</exception>
    public static async Task<Gate> DecideAsync(DashboardOptions options, IStore store, CancellationToken cancel)
    {
        var settings = options.Serve;
        var (others, login, missing) = Admission.Of(options.Listen, settings, (await store.UsersAsync(cancel)).Count > 0);
        if (missing.Count > 0)
        {
            throw new MuseumException(
                ExitCode.Configuration,
                $"MUSEUM_LISTEN: found {options.Listen}{(others ? ", which others can reach" : " with MUSEUM_LOGIN=required")}; expected {string.Join("; and ", missing)}. "
                + "Without either, a port alone (MUSEUM_LISTEN=8080) serves this machine only");
        }

        return new Gate(login, !others, settings, settings.Tls is { } files ? Read(files) : null);
    }

    /// <summary>The server's certificate first, then its chain.</summary>
    private static X509Certificate2Collection Read(TlsFiles files)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            // Through PKCS#12, because a key that lives only in this object is not found by TLS everywhere.
            return [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), .. chain.Skip(1)];
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MuseumException(
                ExitCode.Configuration, $"MUSEUM_TLS_CERTIFICATE and MUSEUM_TLS_KEY: {files.Certificate} and {files.Key} are no certificate with its key in PEM ({e.Message})", e);
        }
    }
}
