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
            using var client = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
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
            return $"{settings.Server.Host}: {e.Message}";
        }
    }
}
