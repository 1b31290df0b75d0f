using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace MuseumPipeline.Tests.Serve;

/// <summary>A client that trusts a test's authority alone, and finds a test's name on this machine.</summary>
internal static class TestTls
{
    public static SslClientAuthenticationOptions Trusting(string authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority));
        return new() { CertificateChainPolicy = policy };
    }

    public static HttpClient Client(string authority, string name, int port)
    {
        var options = Trusting(authority);
        options.TargetHost = name;
        return new(
            new SocketsHttpHandler
            {
                SslOptions = options,
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectCallback = async (_, cancel) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        );
    }
}
