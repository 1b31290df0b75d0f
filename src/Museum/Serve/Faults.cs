using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;

namespace MuseumPipeline.Serve;

/// <summary>Errors as a page can show them: temporary faults are named, and unexpected ones are in the log but not in
/// the answer.</summary>
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
                "The database is unavailable",
                "the answer needs the database, which does not answer; try again in a few seconds"
            ),
            _ => (
                StatusCodes.Status500InternalServerError,
                "Unexpected",
                "an unexpected fault; the server's log has the details"
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
