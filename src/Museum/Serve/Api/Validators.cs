using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Api;

/// <summary>
/// What an answer of the API says of itself: an ETag, by which whoever asks again is told that nothing changed, and the
/// headers alone where somebody asks with HEAD. When a view was made is no part of what it says.
/// </summary>
internal static class Validators
{
    private const string Head = "museum.head";

    /// <summary>Whether the headers are all that was asked for.</summary>
    public static bool IsHead(HttpContext context) => context.Items.ContainsKey(Head);

    /// <summary>Views are mapped to GET, and know nothing of HEAD.</summary>
    public static void UseHead(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (
                    HttpMethods.IsHead(context.Request.Method)
                    && context.Request.Path.StartsWithSegments(ApiEndpoints.Root)
                )
                    (context.Items[Head], context.Request.Method) = (true, HttpMethods.Get);
                return next(context);
            }
        );

    public static void UseValidators(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                HttpMethods.IsGet(context.Request.Method) && HasAnEnd(context.Request)
                    ? AnswerAsync(context, next)
                    : next(context)
        );

    /// <summary>Live events have no end to wait for.</summary>
    private static bool HasAnEnd(HttpRequest request) =>
        request.Path.StartsWithSegments(ApiEndpoints.Root, out var rest) && !rest.StartsWithSegments("/live");

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var client = response.Body;
        using var body = new MemoryStream();
        response.Body = body;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = client;
        }

        if (response.StatusCode == StatusCodes.Status200OK && response.ContentType != Workbook.MediaType)
        {
            var tag = TagOf(body.GetBuffer().AsSpan(0, (int)body.Length));
            response.Headers.ETag = tag;
            if (IsKnown(context.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                (response.ContentLength, response.ContentType) = (null, null);
                response.Headers.ContentDisposition = default;
                return;
            }
        }

        // Of what is not there, the problem is still to be written.
        if (body.Length == 0)
            return;
        response.ContentLength = body.Length;
        if (!IsHead(context))
            await client.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    /// <summary>Weak: the same answer is the same, compressed or not.</summary>
    private static string TagOf(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> made = "\"generatedAt\":\""u8;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (body.IndexOf(made) is >= 0 and var start)
        {
            var end = start + made.Length;
            hash.AppendData(body[..end]);
            body = body[(end + body[end..].IndexOf((byte)'"'))..];
        }

        hash.AppendData(body);
        return $"W/\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12))}\"";
    }

    private static bool IsKnown(HttpRequest request, string tag) =>
        request
            .Headers.IfNoneMatch.ToString()
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(known => known == "*" || known == tag || $"W/{known}" == tag);
}
