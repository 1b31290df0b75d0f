using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;

namespace MuseumPipeline.Serve;

/// <summary>What went wrong, as a page can show it: what passes is told as such, and what nobody expected is in the log
/// and not in the answer.</summary>
internal sealed class Faults(ILoggerFactory logs) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            return true;
        var (status, title, detail) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "Bad request", bad.Message),
            TransientException => (
                StatusCodes.Status503ServiceUnavailable,
                "The database is away",
                "the answer needs the database, which does not answer; try again in a few seconds"
            ),
            _ => (
                StatusCodes.Status500InternalServerError,
                "Unexpected",
                "something went wrong that nobody expected; the log of the server says what"
            ),
        };
        if (status >= 500)
            logs.CreateLogger("museum")
                .LogError(
                    exception,
                    "{Method} {Path} was answered with {Status}",
                    httpContext.Request.Method,
                    httpContext.Request.Path,
                    status
                );
        if (status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "5";
        await Results.Problem(detail, statusCode: status, title: title).ExecuteAsync(httpContext);
        return true;
    }
}
