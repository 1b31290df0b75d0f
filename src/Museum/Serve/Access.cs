using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve;

/// <summary>
/// What an endpoint asks of whoever calls it. One that says nothing asks for a viewer: the fallback policy denies
/// everybody else, so that an endpoint
/// somebody forgets to think about is closed, not open.
/// </summary>
internal static class Access
{
    /// <summary>For those who answer calls for help, and for operators.</summary>
    public static T Security<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(Roles.Security);

    /// <summary>For operators alone.</summary>
    public static T Operator<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(Roles.Operator);

    /// <summary>For anybody who can reach the address: the login and what its page is made of, and nothing
    /// else.</summary>
    public static T Anybody<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.AllowAnonymous();

    /// <summary>The policies behind these words.</summary>
    internal static void Declare(AuthorizationOptions options)
    {
        foreach (var role in Roles.All)
            options.AddPolicy(role, policy => policy.RequireRole(Roles.From(role)));
        options.FallbackPolicy = options.DefaultPolicy = options.GetPolicy(Roles.Viewer)!;
    }
}
