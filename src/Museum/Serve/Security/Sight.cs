using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Numbers;
using MuseumPipeline.Serve.Api;

namespace MuseumPipeline.Serve.Security;

/// <summary>Which museums somebody may see: all, or those that their user is limited to. A museum they may not see is
/// one there is not.</summary>
internal static class Sight
{
    public const string MuseumClaim = "museum";

    /// <summary>The parameter that names a museum, at every call.</summary>
    private const string Parameter = "museum";

    /// <summary>Every museum that they may see, where a call knows of several.</summary>
    public const string Everything = "*";

    /// <summary>Null: all of them.</summary>
    public static IReadOnlyList<string>? Of(ClaimsPrincipal user)
    {
        List<string> codes = [.. user.FindAll(MuseumClaim).Select(claim => claim.Value)];
        return codes.Count == 0 ? null : codes;
    }

    public static bool Sees(this ClaimsPrincipal user, string code) =>
        Of(user) is not { } codes || codes.Contains(code, StringComparer.OrdinalIgnoreCase);

    /// <summary>What there is to them.</summary>
    public static CubeState Of(ClaimsPrincipal user, CubeState state) =>
        Of(user) is null
            ? state
            : state with
            {
                Museums = [.. state.Museums.Where(museum => user.Sees(museum.Museum.Code))],
            };

    /// <summary>In front of every call, so that none can forget it: where no museum is named it is the first that they
    /// may see, and any other is none.</summary>
    public static void UseSight(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                if (
                    !request.Path.StartsWithSegments(ApiEndpoints.Root) || Of(context.User) is not [var first, ..] codes
                )
                    return next(context);
                var named = request.Query[Parameter].ToString();
                if (named.Length == 0)
                    request.QueryString = request.QueryString.Add(Parameter, first);
                else if (named != Everything && !context.User.Sees(named))
                    return Results
                        .Problem(
                            new BadQueryException(Parameter, named, $"one of {string.Join(", ", codes)}").Message,
                            statusCode: StatusCodes.Status400BadRequest,
                            title: "Bad query"
                        )
                        .ExecuteAsync(context);
                return next(context);
            }
        );
}
