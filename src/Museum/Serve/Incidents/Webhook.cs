using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Polly;
using Polly.Retry;

namespace MuseumPipeline.Serve.Incidents;

/// <summary>Calls an external server. It calls only the allowed host: no redirect, no proxy, no name that resolves to a
/// private address. The signature is documented in docs/dashboard.md.</summary>
internal sealed class Webhook : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly WebhookSettings settings;
    private readonly TimeProvider clock;
    private readonly HttpClient client;
    private readonly ResiliencePipeline<HttpStatusCode> again;

    /// <param name="pause">Before the second try; doubled before the third.</param>
    /// <param name="resolve">The system's own resolver, except in a test that needs a name of its own.</param>
    /// <param name="tls">For a test whose server's authority no system trusts.</param>
    public Webhook(
        WebhookSettings settings,
        TimeProvider clock,
        TimeSpan? pause = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        SslClientAuthenticationOptions? tls = null
    )
    {
        (this.settings, this.clock) = (settings, clock);
        var addresses = resolve ?? Dns.GetHostAddressesAsync;
        client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = Patience,
                SslOptions = tls ?? new(),
                ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, addresses, cancel),
            }
        )
        {
            Timeout = Patience,
        };
        again = new ResiliencePipelineBuilder<HttpStatusCode> { TimeProvider = clock }
            .AddRetry(
                new RetryStrategyOptions<HttpStatusCode>
                {
                    MaxRetryAttempts = 2,
                    Delay = pause ?? TimeSpan.FromSeconds(2),
                    BackoffType = DelayBackoffType.Exponential,
                    ShouldHandle = new PredicateBuilder<HttpStatusCode>()
                        .Handle<HttpRequestException>(e => e.InnerException is not MuseumException)
                        .Handle<TaskCanceledException>()
                        .HandleResult(status =>
                            (int)status >= 500
                            || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
                        ),
                }
            )
            .Build();
    }

    /// <summary>Null if the server accepted it, else what went wrong, for the record.</summary>
    /// <param name="id">The same on every attempt: a receiver that has seen it need not act again.</param>
    public async Task<string?> SendAsync(string id, byte[] body, CancellationToken cancel)
    {
        try
        {
            var status = await again.ExecuteAsync(async token => await PostAsync(id, body, token), cancel);
            return (int)status is >= 200 and < 300 ? null
                : (int)status is >= 300 and < 400 ? $"answered {(int)status}: redirects are not followed"
                : $"answered {(int)status}";
        }
        catch (HttpRequestException e)
        {
            return (e.InnerException ?? e).Message;
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} s";
        }
    }

    /// <summary><c>v1=</c> and the HMAC-SHA256 of timestamp, full stop and body, in hex.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body) =>
        "v1="
        + Convert.ToHexStringLower(
            HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(secret),
                (byte[])[.. Encoding.UTF8.GetBytes(timestamp), (byte)'.', .. body]
            )
        );

    private async Task<HttpStatusCode> PostAsync(string id, byte[] body, CancellationToken cancel)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Address)
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Idempotency-Key", id);
        request.Headers.Add("X-Museum-Timestamp", timestamp);
        request.Headers.Add("X-Museum-Signature", Sign(settings.Secret.Reveal(), timestamp, body));
        // Only the status counts; the rest of the answer is not read.
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        return response.StatusCode;
    }

    /// <summary>Checks the address when connecting, not before: a name may resolve differently the second
    /// time.</summary>
    public static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint host,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        CancellationToken cancel
    )
    {
        // A literal address was allowed as such.
        var addresses = IPAddress.TryParse(host.Host, out var listed)
            ? [listed]
            : (await resolve(host.Host, cancel)).Where(PublicAddress.Is).ToArray();
        if (addresses.Length == 0)
        {
            throw new MuseumException(
                ExitCode.Configuration,
                $"{host.Host} leads to private addresses only, where a webhook does not go; to allow one, name "
                    + $"the address itself in MUSEUM_WEBHOOK and MUSEUM_WEBHOOK_HOSTS"
            );
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => client.Dispose();
}
