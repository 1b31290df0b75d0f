using Confluent.Kafka;

namespace MuseumPipeline.Source.Kafka;

/// <summary>If a broker goes away in the middle of a query, the library sometimes never answers, whatever its own
/// timeout: no query is waited for without a limit of our own.</summary>
internal static class KafkaAnswer
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <param name="timeout">The one that the library was given.</param>
    /// <exception cref="UnansweredException">There is no answer; the client must not be closed, because its query is
    /// still running.</exception>
    public static async Task<T> WithinAsync<T>(
        this Task<T> answer,
        TimeSpan timeout,
        CancellationToken cancel = default
    )
    {
        try
        {
            return await answer.WaitAsync(timeout + Grace, cancel);
        }
        catch (TimeoutException)
        {
            throw new UnansweredException();
        }
    }
}

/// <summary>A query of the library that ends neither with an answer nor with its own timeout.</summary>
internal sealed class UnansweredException()
    : KafkaException(new Error(ErrorCode.Local_TimedOut, "the brokers do not answer"));
