using Microsoft.AspNetCore.Http;
using MuseumPipeline.View.Numbers;

namespace MuseumPipeline.View.Api;

/// <summary>An answer as JSON or, with <c>format=csv</c>, its main table.</summary>
public static class Answer
{
    /// <param name="format">As asked for.</param>
    /// <param name="view">What JSON tells.</param>
    /// <param name="name">Of the file a browser saves.</param>
    /// <param name="table">Only asked for when it is wanted.</param>
    /// <exception cref="BadQueryException">Another format.</exception>
    public static IResult Of<T>(HttpContext context, string? format, T view, string name, Func<T, Table> table)
    {
        context.Response.Headers.CacheControl = "no-store";
        return format switch
        {
            null or "" or "json" => TypedResults.Ok(view),
            "csv" => TypedResults.File(System.Text.Encoding.UTF8.GetBytes(table(view).ToCsv()), "text/csv; charset=utf-8", $"{name}.csv"),
            var other => throw new BadQueryException("format", other, "json or csv"),
        };
    }
}

/// <summary>A query that names nothing is answered with what is wrong with it (RFC 9457).</summary>
internal sealed class BadQueries : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadQueryException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest, title: "Bad query", extensions: [new("parameter", e.Parameter)]);
        }
    }
}
