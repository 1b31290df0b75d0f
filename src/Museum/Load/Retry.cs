using MuseumPipeline.Model;
using Polly;
using Polly.Retry;

namespace MuseumPipeline.Load;

/// <summary>The one policy of retries: what passes is tried again, soon at first, then ever more slowly, with
/// jitter.</summary>
internal static class Retry
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Tries again whatever is a <see cref="TransientException"/>.</summary>
    /// <param name="told">Is told of each, before the wait.</param>
    /// <param name="while">Asked before each wait; false lets the exception through. Null: for ever.</param>
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
