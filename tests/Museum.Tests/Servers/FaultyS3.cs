using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Tests.Servers;

/// <summary>
/// As much of S3 as listing and reading take, over raw TCP, for the faults that a real server cannot be made to show.
/// It behaves until <see cref="Misbehave"/> says otherwise.
/// </summary>
internal sealed class FaultyS3 : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> counts = new();
    private readonly Task accepting;

    public FaultyS3()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>What it holds; the ETag is the MD5 of the content.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();

    /// <summary>Answers a request its own way and returns true, or leaves it to the well-behaved part.</summary>
    public Func<FaultyExchange, Task<bool>> Misbehave { get; set; } = _ => Task.FromResult(false);

    /// <summary>Impatient settings: a fault that lasts ends in a second.</summary>
    public S3Settings Settings =>
        new()
        {
            Endpoint = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"),
            AccessKey = "museum-key-id",
            SecretKey = "museum-key-secret",
            Region = "us-east-1",
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            FirstDelay = TimeSpan.FromMilliseconds(1),
            Patience = TimeSpan.Zero,
            Attempts = 3,
        };

    public static string Md5(ReadOnlySpan<byte> content)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(content);
        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    /// <summary>Requests of this kind so far: <c>list</c>, <c>get</c> or <c>head</c>.</summary>
    public int Count(string kind) => counts.GetValueOrDefault(kind);

    public static string Page(IEnumerable<(string Key, string ETag, long Size)> entries, string? next)
    {
        var xml = new StringBuilder(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult "
                + "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
        );
        xml.Append(CultureInfo.InvariantCulture, $"<IsTruncated>{(next is null ? "false" : "true")}</IsTruncated>");
        if (next is not null)
            xml.Append(CultureInfo.InvariantCulture, $"<NextContinuationToken>{next}</NextContinuationToken>");
        foreach (var (key, etag, size) in entries)
            xml.Append(
                CultureInfo.InvariantCulture,
                $"<Contents><Key>{key}</Key><ETag>&quot;{etag}&quot;</ETag><Size>{size}</Size></Contents>"
            );
        return xml.Append("</ListBucketResult>").ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var exchange = await FaultyExchange.ReadAsync(client, stop.Token);
                if (exchange is null)
                    return;
                exchange.Number = counts.AddOrUpdate(exchange.Kind, 1, (_, count) => count + 1);
                if (!await Misbehave(exchange))
                    await BehaveAsync(exchange);
            }
            catch (Exception e)
                when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side hung up, or the test is over.
            }
        }
    }

    private async Task BehaveAsync(FaultyExchange exchange)
    {
        if (exchange.Kind == "list")
            await exchange.SendAsync(200, Page(Objects.Select(o => (o.Key, Md5(o.Value), (long)o.Value.Length)), null));
        else if (!Objects.TryGetValue(exchange.Key, out var content))
            await exchange.SendErrorAsync(404, "NoSuchKey");
        else if (exchange.Headers.TryGetValue("if-match", out var wanted) && wanted.Trim('"') != Md5(content))
            await exchange.SendErrorAsync(412, "PreconditionFailed");
        else
            await exchange.SendObjectAsync(content, Md5(content));
    }
}

/// <summary>One request and the means to answer it, well or badly.</summary>
internal sealed class FaultyExchange
{
    private readonly TcpClient client;
    private readonly NetworkStream wire;
    private readonly CancellationToken cancel;

    private FaultyExchange(
        TcpClient client,
        string requestLine,
        Dictionary<string, string> headers,
        CancellationToken cancel
    )
    {
        (this.client, wire, this.cancel, Headers) = (client, client.GetStream(), cancel, headers);
        var parts = requestLine.Split(' ');
        var target = parts[1].Split('?');
        Query = target.Length > 1 ? target[1] : "";
        var path = target[0].TrimStart('/').Split('/', 2);
        Key = path.Length > 1 ? Uri.UnescapeDataString(path[1]) : "";
        Kind =
            Key.Length == 0 ? "list"
            : parts[0] == "HEAD" ? "head"
            : "get";
    }

    public string Kind { get; }

    public string Key { get; }

    public string Query { get; }

    public Dictionary<string, string> Headers { get; }

    /// <summary>The first of its kind is 1.</summary>
    public int Number { get; set; }

    public static async Task<FaultyExchange?> ReadAsync(TcpClient client, CancellationToken cancel)
    {
        var reader = new StreamReader(client.GetStream(), Encoding.ASCII, false, 1, leaveOpen: true);
        if (
            await reader.ReadLineAsync(cancel) is not { } requestLine
            || !requestLine.EndsWith(" HTTP/1.1", StringComparison.Ordinal)
        )
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(cancel) is { Length: > 0 } line)
            headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        return new(client, requestLine, headers, cancel);
    }

    public async Task HeadAsync(int status, params string[] headers)
    {
        var head = new StringBuilder();
        head.Append(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nConnection: close\r\n"
        );
        foreach (var header in headers)
            head.Append(header).Append("\r\n");
        await WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await wire.WriteAsync(bytes, cancel);
        await wire.FlushAsync(cancel);
    }

    public async Task SendAsync(int status, string xml, params string[] headers)
    {
        var body = Encoding.UTF8.GetBytes(xml);
        await HeadAsync(status, [$"Content-Length: {body.Length}", "Content-Type: application/xml", .. headers]);
        await WriteAsync(body);
    }

    public Task SendErrorAsync(int status, string code, params string[] headers) =>
        SendAsync(
            status,
            Kind == "head"
                ? ""
                : $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>As "
                    + $"told.</Message></Error>",
            headers
        );

    public async Task SendObjectAsync(byte[] content, string etag, params string[] headers)
    {
        await HeadAsync(200, [$"Content-Length: {content.Length}", $"ETag: \"{etag}\"", .. headers]);
        if (Kind == "get")
            await WriteAsync(content);
    }

    /// <summary>Ends the connection with a RST.</summary>
    public void Reset()
    {
        client.LingerState = new(true, 0);
        client.Close();
    }

    /// <summary>Sends nothing more until the other side hangs up.</summary>
    public async Task WaitForHangUpAsync()
    {
        while (await wire.ReadAsync(new byte[1], cancel) > 0) { }
    }
}
