using Microsoft.AspNetCore.Http;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>An answer as JSON or, with <c>format=csv</c>, one of its tables.</summary>
internal static class Answer
{
    /// <param name="export">As asked for.</param>
    /// <param name="view">What JSON tells.</param>
    /// <param name="name">Of the file a browser saves.</param>
    /// <exception cref="BadQueryException">Another format, or a table there is not.</exception>
    public static IResult Of<T>(HttpContext context, Export export, T view, string name, Tables<T> tables)
    {
        var (table, chosen) = tables.Named(export.Table);
        return export.Format switch
        {
            null or "" or "json" => TypedResults.Ok(view),
            "csv" => TypedResults.File(
                System.Text.Encoding.UTF8.GetBytes(chosen(view).ToCsv()),
                "text/csv; charset=utf-8",
                $"{(table == tables.Names[0] ? name : $"{name}-{table}")}.csv"
            ),
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
            return TypedResults.Problem(
                e.Message,
                statusCode: StatusCodes.Status400BadRequest,
                title: "Bad query",
                extensions: [new("parameter", e.Parameter)]
            );
        }
    }
}
