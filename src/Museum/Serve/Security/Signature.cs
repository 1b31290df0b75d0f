using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Security;

/// <summary>The name under which an action is recorded.</summary>
internal static class Signature
{
    private const int LongestName = 64;

    /// <summary>Somebody who is logged in always signs with their own name.</summary>
    public static string Of(ClaimsPrincipal user, string? said) => (user.Identity?.Name ?? said ?? "").Trim();

    public static string? Fault(string who) =>
        who.Length is 0 or > LongestName || who.Any(char.IsControl)
            ? $"name: found {who.Length} characters, expected a name of 1 to {LongestName}"
            : null;

    /// <summary>Refuses an action without a name.</summary>
    public static IResult Refused(string fault) =>
        Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest, title: "Not recorded");
}
