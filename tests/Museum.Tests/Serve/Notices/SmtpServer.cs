using System.Diagnostics;
using System.Net.Sockets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Notices;

/// <summary>A real mail server, aiosmtpd as Debian has it, that keeps every letter as a file.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    public const string User = "museum",
        Password = "marker-of-a-mail-password";

    private const string Python = "/usr/bin/python3";

    /// <summary>Its arguments: port, mailbox, user and password; then smtp or smtps and the PEM file of a certificate,
    /// with which it takes letters encrypted and after a login alone.</summary>
    private const string Program = """
        import asyncio, logging, ssl, sys, warnings
        from aiosmtpd.handlers import Mailbox
        from aiosmtpd.smtp import SMTP, AuthResult

        # Over TLS from the first byte it is told not to insist on STARTTLS, of which it warns.
        warnings.simplefilter("ignore")
        logging.disable()
        port, box, user, password, *tls = sys.argv[1:]
        context = None
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(tls[1])
        implicit = bool(tls) and tls[0] == "smtps"

        def known(server, session, envelope, mechanism, data):
            right = (data.login, data.password) == (user.encode(), password.encode())
            return AuthResult(success=right, handled=False)

        async def serve():
            loop = asyncio.get_running_loop()
            handler = Mailbox(box)
            upgrade = dict(tls_context=context, require_starttls=True) if tls and not implicit else {}
            login = dict(auth_required=True, auth_require_tls=not implicit, authenticator=known) if tls else {}
            server = await loop.create_server(
                lambda: SMTP(handler, loop=loop, **upgrade, **login),
                "127.0.0.1", int(port), ssl=context if implicit else None)
            await server.serve_forever()

        asyncio.run(serve())
        """;

    private readonly DirectoryInfo box = Directory.CreateTempSubdirectory("museum-mail-");
    private readonly string[] encryption = [];
    private Process? process;

    private SmtpServer(int port, string? scheme, TestCertificates? tls)
    {
        Port = port;
        if (tls is null)
            return;
        var pem = Path.Combine(box.FullName, "server.pem");
        File.WriteAllText(pem, tls.ServerKey + "\n" + tls.ServerCertificate);
        File.WriteAllText(Authority, tls.Authority);
        encryption = [scheme!, pem];
    }

    public int Port { get; }

    /// <summary>A file of who signed its certificate.</summary>
    public string Authority => Path.Combine(box.FullName, "authority.pem");

    /// <summary>The server makes it, with all that belongs in it.</summary>
    private string Box => Path.Combine(box.FullName, "box");

    /// <summary>Letters as they arrived.</summary>
    public IReadOnlyList<string> Letters =>
        Directory.Exists(Path.Combine(Box, "new"))
            ? [.. Directory.GetFiles(Path.Combine(Box, "new")).Select(File.ReadAllText)]
            : [];

    /// <summary>Skips the test where there is none.</summary>
    /// <param name="scheme">smtps: TLS from the first byte; smtp: by STARTTLS.</param>
    public static async Task<SmtpServer> StartAsync(string? scheme = null, TestCertificates? tls = null)
    {
        Assert.SkipUnless(
            File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd"),
            "no mail server: apt-get install python3-aiosmtpd"
        );
        var server = new SmtpServer(FreePorts.One(), scheme, tls);
        await server.RunAsync();
        return server;
    }

    public async Task RunAsync()
    {
        process = Process.Start(
            new ProcessStartInfo(Python, ["-c", Program, $"{Port}", Box, User, Password, .. encryption])
        )!;
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (tries < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>It goes away with its letters kept.</summary>
    public void Stop()
    {
        process?.Kill();
        process?.WaitForExit();
        process?.Dispose();
        process = null;
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        box.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
