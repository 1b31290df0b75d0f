using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Pages;

/// <summary>The files of <c>wwwroot</c>, compiled into the program, so that it serves them wherever it is started;
/// compressed once.</summary>
internal static partial class Assets
{
    private const string Prefix = "wwwroot/";

    public static FrozenDictionary<string, Asset> All { get; } =
        Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[Prefix.Length..],
                name => new Asset(name[Prefix.Length..], Read(name)),
                StringComparer.Ordinal
            );

    /// <summary>The files of the login page: what it refers to, and what its style sheets refer to. The rest needs a
    /// login.</summary>
    public static IReadOnlySet<string> OfTheLogin { get; } = Reachable("login.html");

    /// <summary>Pages as they are under a prefix; there is one in a process, and perhaps none.</summary>
    private static readonly ConcurrentDictionary<(string Prefix, string Name), Asset> Moved = [];

    public static Task Answer(HttpContext context, string name) =>
        (
            context.Request.PathBase.Value is { Length: > 0 } prefix && name.EndsWith(".html", StringComparison.Ordinal)
                ? Moved.GetOrAdd((prefix, name), static page => All[page.Name].Under(page.Prefix))
                : All[name]
        ).AnswerAsync(context);

    /// <summary>In advance, without delaying the start.</summary>
    public static void Warm() =>
        Task.Run(() =>
        {
            foreach (var asset in All.Values)
                asset.Compress();
        });

    private static HashSet<string> Reachable(string start)
    {
        HashSet<string> found = [];
        Stack<string> open = new([start]);
        while (open.TryPop(out var name))
        {
            if (
                !All.TryGetValue(name, out var asset)
                || !found.Add(name)
                || !name.EndsWith(".html", StringComparison.Ordinal) && !name.EndsWith(".css", StringComparison.Ordinal)
            )
                continue;
            foreach (Match match in Reference().Matches(Encoding.UTF8.GetString(asset.Bytes)))
            {
                var named = new Uri(new Uri($"http://x/{name}"), match.Groups["path"].Value);
                if (named.Host == "x")
                    open.Push(Uri.UnescapeDataString(named.AbsolutePath)[1..]);
            }
        }

        return found;
    }

    [GeneratedRegex("""(?:(?:href|src)\s*=\s*["']|url\(\s*["']?)(?<path>[^"')#?\s]+)""")]
    private static partial Regex Reference();

    private static byte[] Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>One file, and its headers.</summary>
internal sealed partial class Asset
{
    // Nearly the smallest size, in a tenth of the time.
    private const int BrotliQuality = 9;
    private const int BrotliWindow = 22;

    private readonly string name,
        type,
        tag;
    private readonly bool forEver;
    private readonly Lazy<byte[]?> brotli,
        gzip;

    public Asset(string name, byte[] bytes)
    {
        (this.name, Bytes) = (name, bytes);
        type = TypeOf(name);
        tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
        forEver = Hashed().IsMatch(name);
        // Pictures and fonts are compressed already.
        var worth = type.StartsWith("text/", StringComparison.Ordinal) || type is "image/svg+xml" or "application/json";
        brotli = new(() => worth ? Smaller(Brotli(bytes)) : null);
        gzip = new(() => worth ? Smaller(Gzip(bytes)) : null);
    }

    public byte[] Bytes { get; }

    public void Compress() => _ = (brotli.Value, gzip.Value);

    /// <summary>A page that names its files under a prefix.</summary>
    public Asset Under(string prefix) =>
        new(name, Encoding.UTF8.GetBytes(OwnPath().Replace(Encoding.UTF8.GetString(Bytes), $"{prefix}/")));

    public Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = forEver ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var accepted = request.Headers.AcceptEncoding.ToString();
        var (body, encoding) =
            accepted.Contains("br", StringComparison.Ordinal) && brotli.Value is { } b ? (b, "br")
            : accepted.Contains("gzip", StringComparison.Ordinal) && gzip.Value is { } g ? (g, "gzip")
            : (Bytes, null);
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        (response.ContentType, response.ContentLength) = (type, body.Length);
        return HttpMethods.IsHead(request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private byte[]? Smaller(byte[] compressed) => compressed.Length < Bytes.Length ? compressed : null;

    private static byte[] Brotli(byte[] bytes)
    {
        var target = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, target, out var written, BrotliQuality, BrotliWindow)
            ? target[..written]
            : bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var stream = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
            stream.Write(bytes);
        return target.ToArray();
    }

    [GeneratedRegex("""(?<=\b(?:href|src|action)=")/(?!/)""")]
    private static partial Regex OwnPath();

    /// <summary>The bundler's names: when the content changes, so does the name.</summary>
    [GeneratedRegex(@"[-.][0-9A-Za-z]{8,}\.[a-z0-9]+$")]
    private static partial Regex Hashed();

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".woff2" => "font/woff2",
            ".html" => "text/html; charset=utf-8",
            ".txt" => "text/plain; charset=utf-8",
            ".json" or ".webmanifest" => "application/json",
            ".png" => "image/png",
            ".ico" => "image/x-icon",
            var other => throw new InvalidOperationException($"no media type is known for {other}"),
        };
}
