using Microsoft.Extensions.Logging;
using MuseumPipeline.Load;
using MuseumPipeline.Source;

namespace MuseumPipeline.Run;

/// <summary>The batch road: every history object of a bucket into the database, each once, with the exhibitions first.</summary>
public sealed class Loader(IStore store, IBucket bucket, ILogger log, TimeProvider clock)
{
    /// <summary>Loads what is not loaded yet and reports on all of it.</summary>
    /// <exception cref="MuseumException">Stopped; the exit code says why. What was committed before stays.</exception>
    public Task<RunReport> RunAsync(LoadRequest request, IProgress<LoadStatus>? progress, CancellationToken cancel) =>
        throw new NotSupportedException($"{store} {bucket} {log} {clock} {request} {progress} {cancel}");
}
