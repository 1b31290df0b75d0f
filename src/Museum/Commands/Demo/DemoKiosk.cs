using System.Text;
using Confluent.Kafka;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Simulate;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Demo;

/// <summary>The kiosk that visitors of a demo press themselves: one more producer of its topic.</summary>
internal sealed class DemoKiosk(KafkaClients clients, StreamIdentity stream, TimeZoneInfo zone, TimeProvider clock)
    : IDisposable
{
    /// <summary>The broker is in this program: what it does not answer by then, it will not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly IProducer<byte[]?, byte[]?> producer = clients.Producer();

    public PressingKiosk Page => new(stream, SendAsync);

    private async Task<SentPress> SendAsync(KioskPress press, CancellationToken cancel)
    {
        var at = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone);
        var message = KioskMessage.Of(at, press.Site, press.Val, press.Type);
        try
        {
            var sent = await producer
                .ProduceAsync(
                    stream.Topic,
                    // As its first kiosk: the presses of one stay in order.
                    new()
                    {
                        Key = Encoding.ASCII.GetBytes($"{press.Site}-0"),
                        Value = Encoding.UTF8.GetBytes(message),
                    },
                    cancel
                )
                .WaitAsync(Patience, clock, cancel);
            return new(sent.Partition, sent.Offset, message);
        }
        catch (Exception e) when (e is KafkaException or TimeoutException)
        {
            throw new NotSentException("the demo's broker did not confirm the press, which may arrive all the same", e);
        }
    }

    public void Dispose() => producer.Dispose();
}
