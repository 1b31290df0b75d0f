using System.Text;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>An answer as JSON or, with <c>format</c>, one of its tables as CSV or all of them as a workbook.</summary>
internal static class Answer
{
    private const string ByteOrderMark = "\uFEFF";

    /// <param name="export">The requested format.</param>
    /// <param name="view">The content of the JSON.</param>
    /// <param name="name">The name of the file that a browser saves.</param>
    /// <exception cref="BadQueryException">An unknown format or table.</exception>
    public static IResult Of<T>(HttpContext context, Export export, T view, string name, Tables<T> tables)
    {
        var (table, chosen) = tables.Named(export.Table);
        return export.Format switch
        {
            null or "" or "json" => TypedResults.Ok(view),
            "csv" => TypedResults.File(
                Encoding.UTF8.GetBytes((Query.Flag("bom", export.Bom) ? ByteOrderMark : "") + chosen(view).ToCsv()),
                "text/csv; charset=utf-8",
                $"{FileName()}.csv"
            ),
            "xlsx" => new Workbook(
                $"{FileName()}.xlsx",
                string.IsNullOrEmpty(export.Table)
                    ? [.. tables.All.Select(one => (one.Name, one.Table(view)))]
                    : [(table, chosen(view))]
            ),
            var other => throw new BadQueryException("format", other, "json, csv or xlsx"),
        };

        string FileName() => table == tables.Names[0] ? name : $"{name}-{table}";
    }
}

/// <summary>A bad query is answered with what is wrong with it (RFC 9457).</summary>
internal sealed class BadQueries : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            foreach (var (name, value) in context.HttpContext.Request.Query)
            {
                // PostgreSQL has no text with a zero character; no value of ours has any other of its kind.
                if (value.ToString().Any(char.IsControl))
                    throw new BadQueryException(name, SafeText.Of(value.ToString()), "text without control characters");
            }

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
