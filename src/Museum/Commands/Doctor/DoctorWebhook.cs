using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Connects to the webhook's server as an escalation would, but sends nothing.</summary>
internal static class DoctorWebhook
{
    private const string Name = "webhook";
    private const string Key = "MUSEUM_WEBHOOK";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<Check> ExamineAsync(
        WebhookSettings? settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (settings is null)
            return Check.NotThere(Name, $"nobody is alerted to emergencies that stay open: set {Key} to call a server");
        // The rest of the address may be a secret of that server.
        var address = settings.Address;
        var server = $"{address.IdnHost}:{address.Port}";
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            await using var stream = await Webhook.ConnectAsync(
                new DnsEndPoint(address.IdnHost, address.Port),
                Dns.GetHostAddressesAsync,
                either.Token
            );
            if (address.Scheme == Uri.UriSchemeHttp)
                return Check.Fine(Name, $"{server} can be reached, not encrypted; nothing was sent");
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = address.IdnHost },
                either.Token
            );
            return Check.Fine(Name, $"{server} can be reached and its certificate is valid; nothing was sent");
        }
        catch (MuseumException e)
        {
            return Check.Wrong(
                Name,
                e.ExitCode,
                e.Message,
                "name an address that may be called",
                Key,
                "MUSEUM_WEBHOOK_HOSTS"
            );
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
        {
            return Wrong(
                $"there is no machine with the name {address.IdnHost}: {e.Message}",
                $"correct the name in {Key} and MUSEUM_WEBHOOK_HOSTS"
            );
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return Wrong(
                $"the TLS handshake with {server} failed: {e.Message.TrimEnd('.')}",
                $"renew or correct the certificate there, or write the name in it into {Key}"
            );
        }
        catch (SocketException e)
        {
            return Wrong(
                $"{server} cannot be reached: {e.Message}",
                $"start the server, open the network path to it, or correct {Key}"
            );
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Wrong(
                $"{server} did not answer within {Patience.TotalSeconds:0} s",
                $"open the network path to it, or correct {Key}"
            );
        }
    }

    private static Check Wrong(string found, string fix) => Check.Wrong(Name, ExitCode.Service, found, fix, Key);
}
