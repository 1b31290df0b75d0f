using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading.Channels;

namespace MuseumPipeline.Tests.Servers;

/// <summary>
/// A fake of RDS and of MSK, as far as the login and no further, over real TLS: what only AWS can accept, it catches
/// and refuses.
/// </summary>
internal sealed class TokenCatcher : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<string> caught = Channel.CreateUnbounded<string>();
    private readonly TestCertificates certificates = TestCertificates.For("localhost");
    private readonly Func<Stream, Task<string>> login;
    private readonly bool greets;
    private readonly Task accepting;

    private TokenCatcher(bool greets, Func<Stream, Task<string>> login)
    {
        (this.greets, this.login) = (greets, login);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Authority => certificates.Authority;

    public static TokenCatcher Postgres() => new(true, PostgresAsync);

    public static TokenCatcher Kafka() => new(false, KafkaAsync);

    public ValueTask<string> TokenAsync(CancellationToken cancel) => caught.Reader.ReadAsync(cancel);

    private async Task AcceptAsync()
    {
        using var certificate = certificates.Server();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await using var plain = client.GetStream();
                if (greets)
                {
                    // A client of PostgreSQL asks first whether there is TLS.
                    await plain.ReadExactlyAsync(new byte[8], stop.Token);
                    await plain.WriteAsync("S"u8.ToArray(), stop.Token);
                }

                await using var tls = new SslStream(plain);
                await tls.AuthenticateAsServerAsync(certificate);
                caught.Writer.TryWrite(await login(tls));
            }
            catch (Exception e)
                when (e is IOException or OperationCanceledException or SocketException or AuthenticationException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private static async Task<string> PostgresAsync(Stream stream)
    {
        await FrameAsync(stream, 4);
        byte[] wantsPassword = [(byte)'R', 0, 0, 0, 8, 0, 0, 0, 3];
        await stream.WriteAsync(wantsPassword);
        await stream.ReadExactlyAsync(new byte[1]);
        var password = Encoding.UTF8.GetString(await FrameAsync(stream, 4)).TrimEnd('\0');
        var refusal = "SFATAL\0VFATAL\0C28P01\0Mno such user\0\0"u8.ToArray();
        await stream.WriteAsync((byte[])[(byte)'E', .. Number(refusal.Length + 4), .. refusal]);
        return password;
    }

    private static async Task<string> KafkaAsync(Stream stream)
    {
        while (true)
        {
            var request = await FrameAsync(stream, 0);
            var (key, version) = (request[1], request[3]);
            var name = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(8));
            var body = request[(10 + name)..];
            byte[] answer = (key, version) switch
            {
                // ApiVersions, newer than we speak: error 35 has the client ask again in the oldest form.
                (18, > 0) => [0, 35, .. Number(0)],
                (18, _) =>
                [
                    0,
                    0,
                    .. Number(4),
                    .. (byte[])[0, 18, 0, 0, 0, 0],
                    .. (byte[])[0, 17, 0, 0, 0, 1],
                    .. (byte[])[0, 36, 0, 0, 0, 1],
                    .. (byte[])[0, 3, 0, 0, 0, 4],
                ],
                // SaslHandshake: one mechanism.
                (17, _) => [0, 0, .. Number(1), 0, 11, .. "OAUTHBEARER"u8.ToArray()],
                // SaslAuthenticate: refused, once it is caught.
                _ => [0, 58, 0, 2, .. "no"u8.ToArray(), .. Number(0)],
            };
            await stream.WriteAsync((byte[])[.. Number(answer.Length + 4), .. request[4..8], .. answer]);
            if (key == 36)
            {
                var text = Encoding.UTF8.GetString(body);
                var from = text.IndexOf("Bearer ", StringComparison.Ordinal) + "Bearer ".Length;
                return text[from..text.IndexOf('\x1', from)];
            }
        }
    }

    /// <param name="own">Bytes of the length itself that it counts.</param>
    private static async Task<byte[]> FrameAsync(Stream stream, int own)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - own];
        await stream.ReadExactlyAsync(frame);
        return frame;
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }
}
