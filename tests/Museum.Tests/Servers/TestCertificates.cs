using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MuseumPipeline.Tests.Servers;

/// <summary>A certificate authority made for one test, and a server certificate it signed. All in PEM.</summary>
/// <param name="Authority">The CA's certificate, which a client must trust.</param>
/// <param name="ServerCertificate">For the one host name only.</param>
internal sealed record TestCertificates(string Authority, string ServerCertificate, string ServerKey)
{
    /// <param name="hostName">The only name the server may be called by: not its address, or that alone.</param>
    public static TestCertificates For(string hostName)
    {
        // Wide bounds: the certificates' time is the machine's, and a test may not ask it what time it is.
        DateTimeOffset from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
            to = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest(
            "CN=Museum test authority",
            authorityKey,
            HashAlgorithmName.SHA256
        );
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest($"CN={hostName}", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(hostName, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(hostName);
        serverRequest.CertificateExtensions.Add(names.Build());
        using var server = serverRequest.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        return new TestCertificates(
            authority.ExportCertificatePem(),
            server.ExportCertificatePem(),
            serverKey.ExportPkcs8PrivateKeyPem()
        );
    }

    /// <summary>As a server in this process takes it: through PKCS#12, because a key that lives only in this object is
    /// not found by TLS everywhere.</summary>
    public X509Certificate2 Server()
    {
        using var certificate = X509Certificate2.CreateFromPem(ServerCertificate, ServerKey);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
