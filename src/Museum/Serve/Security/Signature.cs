using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Security;

/// <summary>Who is put down as having done something.</summary>
internal static class Signature
{
    private const int LongestName = 64;

    /// <summary>Who is logged in signs with their own name, whatever the page says.</summary>
    public static string Of(ClaimsPrincipal user, string? said) => (user.Identity?.Name ?? said ?? "").Trim();

    public static string? Fault(string who) =>
        who.Length is 0 or > LongestName || who.Any(char.IsControl)
            ? $"name: found {who.Length} characters, expected a name of 1 to {LongestName}"
            : null;

    /// <summary>What stops an act nobody can be held to.</summary>
    public static IResult Refused(string fault) =>
        Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest, title: "Not recorded");
}
