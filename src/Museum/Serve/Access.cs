using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve;

/// <summary>What an endpoint requires of its caller. By default it requires a viewer: the fallback policy denies
/// everybody else, so that an endpoint without a policy is closed, not open.</summary>
internal static class Access
{
    /// <summary>For people who answer calls for help, and for operators.</summary>
    public static T Security<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(Roles.Security);

    /// <summary>For operators alone.</summary>
    public static T Operator<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(Roles.Operator);

    /// <summary>For anybody who can reach the address: only the login and the files of its page.</summary>
    public static T Anybody<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.AllowAnonymous();

    /// <summary>The policies behind these names.</summary>
    internal static void Declare(AuthorizationOptions options)
    {
        foreach (var role in Roles.All)
            options.AddPolicy(role, policy => policy.RequireRole(Roles.From(role)));
        options.FallbackPolicy = options.DefaultPolicy = options.GetPolicy(Roles.Viewer)!;
    }
}
