using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Commands;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>A server that terminates TLS itself, and whose certificate is renewed while it runs.</summary>
public sealed class CertificateTests : IAsyncLifetime
{
    private const string Host = "dashboard.test";
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero));
    private readonly MuseumProcess files = new();
    private readonly Notes notes = new();
    private readonly Authority root = Authority.Root();
    private DashboardServer? server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        root.Dispose();
        notes.Dispose();
        files.Dispose();
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_with_its_chain_without_a_restart()
    {
        Write(Issue(1));
        await OpenAsync();
        Assert.Equal("01", await SerialAsync());
        Write(Issue(2));
        Assert.Equal("01", await SerialAsync());
        clock.Advance(Look);
        Assert.Equal("02", await SerialAsync());
        Assert.Empty(notes.Warnings);
    }

    [Fact]
    public async Task A_directory_that_is_exchanged_behind_a_link_is_a_renewal_too()
    {
        Write(Issue(1), "one/");
        Write(Issue(2), "two/");
        var link = Path.Combine(files.Directory, "now");
        Directory.CreateSymbolicLink(link, "one");
        await OpenAsync("now/");
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, "two");
        clock.Advance(Look);
        Assert.Equal("02", await SerialAsync());
    }

    [Fact]
    public async Task Files_that_do_not_belong_together_are_reported_once_and_the_old_certificate_continues()
    {
        Write(Issue(1));
        await OpenAsync();
        files.Write("key.pem", Issue(2).Key);
        clock.Advance(Look);
        // The other file may be about to be written.
        Assert.Empty(notes.Warnings);
        for (var look = 0; look < 5; look++)
            clock.Advance(Look);
        Assert.Equal("01", await SerialAsync());
        var warning = Assert.Single(notes.Warnings);
        Assert.Contains(
            $"{Path.Combine(files.Directory, "certificate.pem")} and {Path.Combine(files.Directory, "key.pem")} "
                + $"are no certificate with its key",
            warning,
            StringComparison.Ordinal
        );
        Assert.Contains("the previous one stays in use", warning, StringComparison.Ordinal);

        File.Delete(Path.Combine(files.Directory, "key.pem"));
        for (var look = 0; look < 5; look++)
            clock.Advance(Look);
        Assert.Equal(("01", 2), (await SerialAsync(), notes.Warnings.Count));
        Assert.Contains("key.pem", notes.Warnings[1], StringComparison.Ordinal);

        Write(Issue(3));
        clock.Advance(Look);
        Assert.Equal(("03", 2), (await SerialAsync(), notes.Warnings.Count));
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_reported_at_start_and_once_a_day_until_it_is_renewed()
    {
        Write(Issue(1, clock.GetUtcNow().AddDays(13)));
        await OpenAsync();
        Assert.Contains("2026-12-07T10:00:00Z", Assert.Single(notes.Warnings), StringComparison.Ordinal);
        for (var hour = 0; hour < 23; hour++)
            clock.Advance(TimeSpan.FromHours(1));
        Assert.Single(notes.Warnings);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, notes.Warnings.Count);
        Write(Issue(2));
        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, notes.Warnings.Count);
    }

    private async Task OpenAsync(string where = "")
    {
        var tls = new TlsFiles(
            Path.Combine(files.Directory, where + "certificate.pem"),
            Path.Combine(files.Directory, where + "key.pem")
        );
        server = await DashboardServer.OpenAsync(
            serve: new() { Tls = tls },
            listen: new IPEndPoint(IPAddress.Any, 0),
            clock: clock,
            notes: notes,
            users: "viewer"
        );
    }

    /// <summary>What a new connection gets, seen by a client that trusts only the root: intermediates must be
    /// included.</summary>
    private async Task<string> SerialAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server!.Address.Port, Cancel);
        await using var tls = new SslStream(new NetworkStream(socket));
        var trusting = TestTls.Trusting(root.Certificate.ExportCertificatePem());
        trusting.TargetHost = Host;
        await tls.AuthenticateAsClientAsync(trusting, Cancel);
        return new X509Certificate2(tls.RemoteCertificate!).SerialNumber;
    }

    private void Write((string Certificate, string Key) pem, string where = "")
    {
        Directory.CreateDirectory(Path.Combine(files.Directory, where));
        files.Write(where + "certificate.pem", pem.Certificate);
        files.Write(where + "key.pem", pem.Key);
    }

    private (string Certificate, string Key) Issue(byte serial, DateTimeOffset? until = null)
    {
        using var between = root.Below();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(between.Certificate, From, until ?? Until, [serial]);
        return (
            $"{certificate.ExportCertificatePem()}\n{between.Certificate.ExportCertificatePem()}\n",
            key.ExportPkcs8PrivateKeyPem()
        );
    }

    private sealed record Authority(ECDsa Key, X509Certificate2 Certificate) : IDisposable
    {
        public static Authority Root()
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return new(key, Request("CN=Museum root", key).CreateSelfSigned(From, Until));
        }

        public Authority Below()
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var signed = Request("CN=Museum between", key)
                .Create(Certificate, From, Until, RandomNumberGenerator.GetBytes(8));
            return new(key, signed.CopyWithPrivateKey(key));
        }

        private static CertificateRequest Request(string name, ECDsa key)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
            return request;
        }

        public void Dispose()
        {
            Key.Dispose();
            Certificate.Dispose();
        }
    }
}
