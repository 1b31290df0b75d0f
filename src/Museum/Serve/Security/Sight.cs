using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Numbers;
using MuseumPipeline.Serve.Api;

namespace MuseumPipeline.Serve.Security;

/// <summary>Which museums somebody may see: all, or those to which their user is limited. A museum that they may not
/// see does not exist for them.</summary>
internal static class Sight
{
    public const string MuseumClaim = "museum";

    /// <summary>The parameter that names a museum, in every call.</summary>
    private const string Parameter = "museum";

    /// <summary>Every museum that they may see, for calls about several.</summary>
    public const string Everything = "*";

    /// <summary>Null: all of them.</summary>
    public static IReadOnlyList<string>? Of(ClaimsPrincipal user)
    {
        List<string> codes = [.. user.FindAll(MuseumClaim).Select(claim => claim.Value)];
        return codes.Count == 0 ? null : codes;
    }

    public static bool Sees(this ClaimsPrincipal user, string code) =>
        Of(user) is not { } codes || codes.Contains(code, StringComparer.OrdinalIgnoreCase);

    /// <summary>Any other call would refuse the word with a list of all museums.</summary>
    private static bool IsOfSeveral(HttpRequest request) =>
        request.Path.StartsWithSegments(ApiEndpoints.Root + "/live");

    /// <summary>The museums that exist for them.</summary>
    public static CubeState Of(ClaimsPrincipal user, CubeState state) =>
        Of(user) is null
            ? state
            : state with
            {
                Museums = [.. state.Museums.Where(museum => user.Sees(museum.Museum.Code))],
            };

    /// <summary>Runs before every call, so that none can forget it: by default the first museum that they may see; any
    /// other does not exist.</summary>
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
                else if (named == Everything ? !IsOfSeveral(request) : !context.User.Sees(named))
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
