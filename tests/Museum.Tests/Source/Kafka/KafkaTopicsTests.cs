using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Tests.Source.Kafka;

public sealed class KafkaTopicsTests
{
    /// <summary>A broker that was killed in the middle of a query: the library answered nothing, for ever, and with it
    /// the consumer stood still until somebody restarted it.</summary>
    [Fact]
    public async Task A_query_that_is_never_answered_ends_and_the_next_one_asks_another_client()
    {
        var clients = new KafkaClients(
            new KafkaSettings(
                "127.0.0.1:1",
                SecurityProtocol.Plaintext,
                null,
                null,
                null,
                ["lmnh"],
                "group",
                new Dictionary<string, string>()
            ),
            null,
            Redactor.None
        );
        using var topics = new KafkaTopics(clients, TimeSpan.FromSeconds(0.1));
        IAdminClient? first = null,
            second = null;

        var fault = await Assert.ThrowsAsync<UnansweredException>(() => topics.AskAsync(admin => Never(first = admin)));
        await topics.AskAsync(admin => Task.FromResult((second = admin) is not null));

        Assert.Equal(ErrorCode.Local_TimedOut, fault.Error.Code);
        Assert.NotSame(first, second);
        first!.Dispose();
    }

    private static Task<bool> Never(IAdminClient _) => new TaskCompletionSource<bool>().Task;
}
