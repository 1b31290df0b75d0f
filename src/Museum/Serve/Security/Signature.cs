using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Serve.Security;

/// <summary>The name under which an action is recorded.</summary>
internal static class Signature
{
    private const int LongestName = 64;

    /// <summary>Somebody who is logged in always signs with their own name.</summary>
    public static string Of(ClaimsPrincipal user, string? said) => (user.Identity?.Name ?? said ?? "").Trim();

    /// <summary>The same for the audit, with who vouches for the name and where they are.</summary>
    public static AuditActor Actor(HttpContext context, string who) =>
        new(who, ProviderOf(context.User), Limits.AddressOf(context));

    /// <summary>Of a provider's people, issuer and subject.</summary>
    public static string ProviderOf(ClaimsPrincipal user) =>
        user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity?.AuthenticationType ?? "";

    public static string? Fault(string who) =>
        who.Length is 0 or > LongestName ? $"name: found {who.Length} characters, expected a name of 1 to {LongestName}"
        : who.EnumerateRunes().All(SafeText.IsPlain) ? null
        : "name: found a character that is not seen or turns text around, expected a name";

    /// <summary>Refuses an action without a name.</summary>
    public static IResult Refused(string fault) =>
        Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest, title: "Not recorded");
}
