using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace MuseumPipeline.Tests.Servers;

/// <summary>A collector of OTLP over HTTP, which reads what it is sent by the numbers of the specification's
/// fields.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task answering;

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{FreePorts.One()}";
        listener.Prefixes.Add(Address + "/");
        listener.Start();
        answering = AnswerAsync();
    }

    public string Address { get; }

    /// <summary>Names of the metrics that came.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = [];

    public ConcurrentQueue<Span> Spans { get; } = [];

    /// <param name="Links">The traces it leads to, in hex.</param>
    internal sealed record Span(
        string Name,
        IReadOnlyDictionary<string, string> Attributes,
        IReadOnlyList<string> Links
    );

    private async Task AnswerAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var (request, response) = (context.Request, context.Response);
            await using var body =
                request.Headers["Content-Encoding"] == "gzip"
                    ? new GZipStream(request.InputStream, CompressionMode.Decompress)
                    : request.InputStream;
            using var bytes = new MemoryStream();
            await body.CopyToAsync(bytes);
            Read(request.Url!.AbsolutePath, bytes.ToArray());
            response.ContentType = "application/x-protobuf";
            response.Close();
        }
    }

    // Export…Request: 1 a resource's, in it 2 a scope's, in it 2 the metric or span.
    private void Read(string path, byte[] body)
    {
        var all = Of(body, 1).SelectMany(resource => Of(resource, 2)).SelectMany(scope => Of(scope, 2));
        if (path == "/v1/metrics")
        {
            foreach (var metric in all)
                Metrics[Text(Of(metric, 1).Single())] = true;
        }
        else if (path == "/v1/traces")
        {
            // A span: 5 its name, 9 an attribute (1 key, 2 value: 1 a text or 3 a number), 13 a link (1 the trace).
            foreach (var span in all)
                Spans.Enqueue(
                    new(
                        Text(Of(span, 5).Single()),
                        Of(span, 9).ToDictionary(a => Text(Of(a, 1).Single()), a => Value(Of(a, 2).Single())),
                        [.. Of(span, 13).Select(link => Convert.ToHexStringLower(Of(link, 1).Single()))]
                    )
                );
        }
    }

    private static string Value(byte[] any) =>
        Of(any, 1).FirstOrDefault() is { } text
            ? Text(text)
            : $"{Fields(any).Single(field => field.Number == 3).Varint}";

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static List<byte[]> Of(byte[] message, int number) =>
        [
            .. Fields(message)
                .Where(field => field.Number == number && field.Bytes is not null)
                .Select(field => field.Bytes!),
        ];

    private static IEnumerable<(int Number, ulong Varint, byte[]? Bytes)> Fields(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint();
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return (number, Varint(), null);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    yield return (number, 0, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidOperationException($"wire type {tag & 7}");
            }
        }

        ulong Varint()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var one = message[at++];
                value |= (ulong)(one & 127) << shift;
                if (one < 128)
                    return value;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await answering;
    }
}
