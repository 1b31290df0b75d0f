using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Kafka;

/// <summary>What a broker's port speaks, found by asking it: the client library reports most mismatches only as a
/// closed connection. No user name or password is ever sent over this connection.</summary>
/// <param name="Answers">Something accepts connections there.</param>
/// <param name="Tls">It speaks TLS.</param>
/// <param name="Certificate">Its certificate's names and issuer, if it speaks TLS.</param>
/// <param name="Mechanisms">The login mechanisms it offers; empty: no login. Null: it does not answer as Kafka
/// does.</param>
internal sealed record KafkaListener(
    string Address,
    bool Answers,
    bool Tls,
    KafkaCertificate? Certificate,
    IReadOnlyList<string>? Mechanisms
)
{
    private const int DefaultPort = 9092;
    private const int LargestAnswer = 1 << 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="address">One of the bootstrap servers.</param>
    /// <param name="authority">The file of trusted authorities; null for those of this machine.</param>
    public static async Task<KafkaListener> ExamineAsync(string address, string? authority, CancellationToken cancel)
    {
        var (host, port) = Split(address);
        var certificate = await OverTlsAsync(host, port, authority, cancel);
        var answers = certificate is not null || await TryAsync(host, port, (_, _) => Task.FromResult(true), cancel);
        var mechanisms = answers
            ? await TryAsync(
                host,
                port,
                async (wire, patience) =>
                    await AskAsync(
                        certificate is null ? wire : await EncryptAsync(wire, host, null, patience),
                        patience
                    ),
                cancel
            )
            : null;
        return new(address, answers, certificate is not null, certificate, mechanisms);
    }

    /// <summary>Whether anything accepts connections there.</summary>
    public static Task<bool> AnswersAsync(string address, CancellationToken cancel)
    {
        var (host, port) = Split(address);
        return TryAsync(host, port, (_, _) => Task.FromResult(true), cancel);
    }

    private static async Task<KafkaCertificate?> OverTlsAsync(
        string host,
        int port,
        string? authority,
        CancellationToken cancel
    )
    {
        KafkaCertificate? seen = null;
        return await TryAsync(
                host,
                port,
                async (wire, patience) =>
                {
                    await using var tls = await EncryptAsync(
                        wire,
                        host,
                        (presented, sent) => seen = KafkaCertificate.Of(presented, sent, authority),
                        patience
                    );
                    return seen;
                },
                cancel
            ) ?? seen;
    }

    private static async Task<T?> TryAsync<T>(
        string host,
        int port,
        Func<Stream, CancellationToken, Task<T>> act,
        CancellationToken cancel
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, patience.Token);
            await using var wire = client.GetStream();
            return await act(wire, patience.Token);
        }
        catch (Exception e)
            when ((
                    e
                    is SocketException
                        or IOException
                        or AuthenticationException
                        or OperationCanceledException
                        or InvalidDataException
                        or CryptographicException
                ) && !cancel.IsCancellationRequested
            )
        {
            return default;
        }
    }

    private static async Task<SslStream> EncryptAsync(
        Stream wire,
        string host,
        Action<X509Certificate2, X509Chain?>? look,
        CancellationToken cancel
    )
    {
        var tls = new SslStream(wire);
#pragma warning disable CA5359 // It is only inspected: no secret goes over this connection, and no answer is trusted.
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    if (certificate is X509Certificate2 presented)
                        look?.Invoke(presented, chain);
                    return true;
                },
            },
            cancel
        );
#pragma warning restore CA5359
        return tls;
    }

    // SaslHandshake, version 1, with a mechanism that no broker has: the answer lists those it offers, or is a
    // different error if there is no login.
    private static async Task<IReadOnlyList<string>> AskAsync(Stream wire, CancellationToken cancel)
    {
        byte[] request =
        [
            0,
            0,
            0,
            20,
            0,
            17,
            0,
            1,
            0,
            0,
            0,
            1,
            0,
            4,
            (byte)'m',
            (byte)'u',
            (byte)'s',
            (byte)'e',
            0,
            4,
            (byte)'N',
            (byte)'O',
            (byte)'N',
            (byte)'E',
        ];
        await wire.WriteAsync(request, cancel);
        await wire.FlushAsync(cancel);
        var head = new byte[4];
        await wire.ReadExactlyAsync(head, cancel);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 10 or > LargestAnswer)
            throw new InvalidDataException();
        var answer = new byte[length];
        await wire.ReadExactlyAsync(answer, cancel);
        return MechanismsIn(answer.AsSpan(6));
    }

    private static List<string> MechanismsIn(ReadOnlySpan<byte> array)
    {
        List<string> mechanisms = [];
        var count = BinaryPrimitives.ReadInt32BigEndian(array);
        for (array = array[4..]; count > 0 && array.Length >= 2; count--)
        {
            var length = BinaryPrimitives.ReadInt16BigEndian(array);
            if (length < 0 || array.Length < 2 + length)
                throw new InvalidDataException();
            mechanisms.Add(KeyText.Show(Encoding.ASCII.GetString(array.Slice(2, length))));
            array = array[(2 + length)..];
        }
        return mechanisms;
    }

    private static (string Host, int Port) Split(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon < 0 || address.EndsWith(']')
            ? (address.Trim('[', ']'), DefaultPort)
            : (
                address[..colon].Trim('[', ']'),
                int.Parse(address.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture)
            );
    }
}

/// <param name="Names">The host names and addresses it is for.</param>
/// <param name="Trusted">It was signed by an authority that is trusted here.</param>
/// <param name="InTime">It is valid now.</param>
internal sealed record KafkaCertificate(
    IReadOnlyList<string> Names,
    string Issuer,
    DateTime NotBefore,
    DateTime NotAfter,
    bool Trusted,
    bool InTime
)
{
    internal static KafkaCertificate Of(X509Certificate2 certificate, X509Chain? sent, string? authority)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        List<string> names =
        [
            .. alternatives.SelectMany(a => a.EnumerateDnsNames()),
            .. alternatives.SelectMany(a => a.EnumerateIPAddresses()).Select(a => a.ToString()),
        ];
        var problems = Problems(certificate, sent, authority);
        return new(
            [.. (names.Count > 0 ? names : [certificate.Subject]).Select(KeyText.Show)],
            KeyText.Show(certificate.Issuer),
            certificate.NotBefore.ToUniversalTime(),
            certificate.NotAfter.ToUniversalTime(),
            (problems & ~X509ChainStatusFlags.NotTimeValid) == 0,
            !problems.HasFlag(X509ChainStatusFlags.NotTimeValid)
        );
    }

    private static X509ChainStatusFlags Problems(X509Certificate2 certificate, X509Chain? sent, string? authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (File.Exists(authority))
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }
        foreach (var link in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(link.Certificate);
        return chain.Build(certificate)
            ? 0
            : chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
    }
}
