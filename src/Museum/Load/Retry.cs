using MuseumPipeline.Model;
using Polly;
using Polly.Retry;

namespace MuseumPipeline.Load;

/// <summary>The only retry policy: transient faults are retried, soon at first, then more and more slowly, with
/// jitter.</summary>
internal static class Retry
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Retries on a <see cref="TransientException"/>.</summary>
    /// <param name="told">Called for each, before the wait.</param>
    /// <param name="while">Called before each wait; false lets the exception through. Null: retry for ever.</param>
    public static ResiliencePipeline Policy(TimeProvider clock, Action<Exception> told, Func<bool>? @while = null) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = First,
                    MaxDelay = Longest,
                    MaxRetryAttempts = int.MaxValue,
                    ShouldHandle = args =>
                        ValueTask.FromResult(args.Outcome.Exception is TransientException && @while?.Invoke() != false),
                    OnRetry = args =>
                    {
                        told(args.Outcome.Exception!);
                        return default;
                    },
                }
            )
            .Build();
}
