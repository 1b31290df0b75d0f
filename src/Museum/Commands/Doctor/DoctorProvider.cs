using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security.Providers;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Reads an OpenID Connect provider's own document, which is all the dashboard knows of it before somebody
/// logs in.</summary>
internal static class DoctorProvider
{
    private const string Name = "provider";
    private const string Key = "MUSEUM_OIDC_AUTHORITY";
    private const int Longest = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<Check> ExamineAsync(OidcSettings settings, TimeProvider clock, CancellationToken cancel)
    {
        var document = settings.Authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            // The dashboard follows no redirect either.
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            using var client = new HttpClient(handler) { MaxResponseContentBufferSize = Longest };
            return Judge(
                settings,
                new OpenIdConnectConfiguration(await client.GetStringAsync(new Uri(document), either.Token))
            );
        }
        catch (HttpRequestException e)
        {
            return Check.Wrong(
                Name,
                ExitCode.Service,
                $"{document}: "
                    + $"{(e.StatusCode is { } status ? $"answered {(int)status}" : (e.InnerException ?? e).Message.TrimEnd('.'))}",
                $"start the provider, or correct {Key}",
                Key
            );
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Check.Wrong(
                Name,
                ExitCode.Service,
                $"{document}: no answer within {Patience.TotalSeconds:0} s",
                $"find out why the provider is slow, or correct {Key}",
                Key
            );
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{document} is not the document of an OpenID Connect provider",
                $"correct {Key}: it is the issuer's address",
                Key
            );
        }
    }

    private static Check Judge(OidcSettings settings, OpenIdConnectConfiguration says)
    {
        var (authority, issuer) = (settings.Authority.AbsoluteUri, SafeText.Cut(SafeText.Of(says.Issuer ?? ""), 200));
        if (!Uri.TryCreate(says.AuthorizationEndpoint, UriKind.Absolute, out _))
            return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{authority} names no authorization endpoint",
                $"correct {Key}: it is the issuer's address",
                Key
            );
        if (!says.ResponseTypesSupported.Contains(OpenIdConnectResponseType.Code))
            return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{authority} does not offer the authorization code flow",
                "allow the response type 'code' at the provider",
                Key
            );
        return new ProviderDocument(settings.Authority).Fault(says) is { } fault
            ? Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{authority}: {fault}, so that nobody can log in; it says its issuer is '{issuer}'",
                $"write the issuer's address into {Key}, or correct the document at the provider",
                Key
            )
            : Check.Fine(
                Name,
                $"{authority} answers and offers the authorization code flow, for the client {settings.ClientId}"
            );
    }
}
