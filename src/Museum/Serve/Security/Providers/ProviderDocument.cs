using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MuseumPipeline.Serve.Security.Providers;

/// <summary>What a provider says of itself counts only for itself: its issuer is the configured address, and it sends
/// people and questions to addresses as safe as that one.</summary>
internal sealed class ProviderDocument(Uri authority) : IConfigurationValidator<OpenIdConnectConfiguration>
{
    public ConfigurationValidationResult Validate(OpenIdConnectConfiguration configuration) =>
        Fault(configuration) is { } fault
            ? new() { Succeeded = false, ErrorMessage = fault }
            : new() { Succeeded = true };

    /// <summary>Null if it may be used.</summary>
    public string? Fault(OpenIdConnectConfiguration says) =>
        // An address without a path gets a slash at its end.
        says.Issuer?.TrimEnd('/') != authority.AbsoluteUri.TrimEnd('/')
            ? "its issuer is another than the authority"
        : !IsSafe(says.AuthorizationEndpoint) ? "its authorization_endpoint is no address to send people to"
        : !IsSafe(says.TokenEndpoint) ? "its token_endpoint is no address to send a secret to"
        : !IsSafe(says.JwksUri) ? "its jwks_uri is no address to take keys from"
        : null;

    private bool IsSafe(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == authority.Scheme && uri.IsLoopback));
}

/// <summary>Where a token comes from the token endpoint itself, the framework would take one without a signature.</summary>
internal sealed class SignedTokens : JsonWebTokenHandler
{
    public override Task<TokenValidationResult> ValidateTokenAsync(
        string token,
        TokenValidationParameters validationParameters
    )
    {
        validationParameters.RequireSignedTokens = true;
        return base.ValidateTokenAsync(token, validationParameters);
    }
}
