using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Incidents;

/// <summary>An external server, over TLS, that records the calls it gets.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookServer(TestCertificates pem)
    {
        Authority = pem.Authority;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(pem.Server())));
        app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Told.Enqueue(
                new(
                    context.Request.Path,
                    context.Request.Headers.ToDictionary(
                        h => h.Key,
                        h => h.Value.ToString(),
                        StringComparer.OrdinalIgnoreCase
                    ),
                    body.ToArray()
                )
            );
            context.Response.StatusCode = Answer;
            if (Answer == StatusCodes.Status302Found)
                context.Response.Headers.Location = "/elsewhere";
        });
    }

    public string Authority { get; }

    public int Answer { get; set; } = StatusCodes.Status204NoContent;

    public ConcurrentQueue<Message> Told { get; } = [];

    public int Port =>
        new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        ).Port;

    public static async Task<WebhookServer> StartAsync(string name)
    {
        var server = new WebhookServer(TestCertificates.For(name));
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal sealed record Message(string Path, Dictionary<string, string> Headers, byte[] Body)
    {
        /// <summary>As docs/dashboard.md tells receivers to do it, by another program than the one that signed.</summary>
        public async Task<string> SignatureAsync(string key)
        {
            var file = System.IO.Path.GetTempFileName();
            try
            {
                await File.WriteAllBytesAsync(
                    file,
                    [.. Encoding.UTF8.GetBytes(Headers["X-Museum-Timestamp"] + "."), .. Body]
                );
                var said = await Tool.RunAsync("openssl", "dgst", "-sha256", "-hmac", key, "-r", file);
                return "v1=" + said.Split(' ')[0];
            }
            finally
            {
                File.Delete(file);
            }
        }
    }
}
