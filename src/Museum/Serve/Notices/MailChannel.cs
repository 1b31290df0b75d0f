using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>E-mail, by SMTP.</summary>
internal sealed class MailChannel(MailSettings settings) : IChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The parser takes a bare name for an address.</summary>
    public static bool IsAddress(string? text) =>
        MailboxAddress.TryParse(text ?? "", out var mailbox) && mailbox.Address.Contains('@', StringComparison.Ordinal);

    public Task<string?> SendAsync(Recipient to, Notice notice, string id, CancellationToken cancel) =>
        SendAsync(
            to.Address!,
            notice.Subject,
            id,
            new TextPart("plain")
            {
                Text = notice.Link is { } link ? $"{notice.Text}\n\n{link.AbsoluteUri}\n" : notice.Text,
            },
            cancel
        );

    /// <summary>A page as a letter.</summary>
    public Task<string?> SendPageAsync(string to, string subject, string html, string id, CancellationToken cancel) =>
        SendAsync(to, subject, id, new TextPart("html") { Text = html }, cancel);

    private async Task<string?> SendAsync(
        string to,
        string subject,
        string id,
        MimeEntity body,
        CancellationToken cancel
    )
    {
        string? distrust = null;
        try
        {
            using var letter = new MimeMessage
            {
                Subject = subject,
                Body = body,
                MessageId = $"{id}@museum-pipeline",
            };
            letter.From.Add(MailboxAddress.Parse(settings.From));
            letter.To.Add(MailboxAddress.Parse(to));
            using var client = new SmtpClient
            {
                Timeout = (int)Patience.TotalMilliseconds,
                // As everywhere else in the program: who signed a list of revoked ones may not be reached from here, and
                // a museum's own authority has none.
                CheckCertificateRevocation = false,
                ServerCertificateValidationCallback = (_, _, chain, errors) =>
                {
                    distrust = ReasonOf(chain, errors);
                    return errors == SslPolicyErrors.None;
                },
            };
            var server = settings.Server;
            await client.ConnectAsync(
                server.Host,
                server.Port > 0 ? server.Port
                    : server.Scheme == "smtps" ? 465
                    : 587,
                server.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect
                    : server.IsLoopback ? SecureSocketOptions.StartTlsWhenAvailable
                    : SecureSocketOptions.StartTls,
                cancel
            );
            if (settings is { Username: { } user, Password: { } password })
                await client.AuthenticateAsync(user, password.Reveal(), cancel);
            await client.SendAsync(letter, cancel);
            await client.DisconnectAsync(quit: true, cancel);
            return null;
        }
        catch (Exception e)
            when (e
                    is CommandException
                        or ProtocolException
                        or AuthenticationException
                        or SslHandshakeException
                        or IOException
                        or ServiceNotConnectedException
                        or ServiceNotAuthenticatedException
                        // The server offers no STARTTLS, or no login.
                        or NotSupportedException
                        or System.Net.Sockets.SocketException
                        or TimeoutException
                        or ParseException
            )
        {
            // Some of its texts are pages of advice.
            return $"{settings.Server.Host}: {distrust ?? e.Message.Split('\n')[0].Trim()}";
        }
    }

    private static string? ReasonOf(X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? null
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "its certificate is for another name"
        : $"its certificate is not accepted here: {string.Join(", ", (chain?.ChainStatus ?? []).Select(of => of.Status))}";
}
