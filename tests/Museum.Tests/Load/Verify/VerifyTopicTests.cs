using System.Globalization;
using System.Text;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Load.Streams;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Verify;

public sealed class SqliteVerifyTopicTests(KafkaServer kafka) : VerifyTopicContract(kafka, TestStore.SqliteAsync);

public sealed class PostgresVerifyTopicTests(KafkaServer kafka, PostgresServer server)
    : VerifyTopicContract(kafka, () => TestStore.PostgresAsync(server));

/// <summary>What <c>museum verify</c> finds in a topic that a real broker still holds, over either database.</summary>
public abstract class VerifyTopicContract(KafkaServer kafka, Func<Task<TestStore>> create) : IAsyncLifetime
{
    private KafkaBroker broker = null!;
    private StreamTestBed bed = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Of two partitions, the first holds 40 ratings, a call at offset 40 and a refusal at 41.</summary>
    public async ValueTask InitializeAsync()
    {
        broker = await kafka.BrokerAsync();
        var topic = await broker.NewTopicAsync(2);
        bed = await StreamTestBed.CreateAsync(broker.Settings($"group-of-{topic}", topic), topic, await create());
        await bed.ProduceAsync(0, StreamTestBed.Ratings(40));
        await bed.ProduceAsync(
            0,
            """{"at": "2024-10-21T09:30:00+01:00", "site": "1", "val": -1, "type": 0}""",
            "not json"
        );
        await bed.ProduceAsync(1, StreamTestBed.Ratings(10));
        await bed.ToTheEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await bed.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static RecordPlaces Places(KafkaClients? clients) =>
        new(place => new FolderBucket(place), clients, Path.GetTempPath());

    private async Task<VerifyReport> VerifyAsync(long? sample = null) =>
        await new Verifier(
            bed.Database.Store,
            new(CleaningRules.History, CleaningRules.Stream, TimeProvider.System, Places(bed.Clients))
            {
                Sample = sample,
            }
        ).RunAsync(Cancel);

    [Fact]
    public async Task Nothing_is_found_in_a_clean_topic_and_everything_was_compared()
    {
        var report = await VerifyAsync();

        Assert.Equal([], report.Differences);
        Assert.Equal((52L, 50L, 1L, 1L), (report.Compared, report.Ratings, report.Support, report.Refused));
        Assert.Empty(report.Unread);
        Assert.Equal(0, (await VerifyAsync(sample: 10)).Wrong);
    }

    /// <summary>{0} is the key of a row of the first partition without its last digits.</summary>
    [Theory]
    [InlineData("missing", ":0@5", "delete from rating_instance where rating_instance_id = {0} + 5")]
    [InlineData("missing", ":0@40", "delete from support_instance where support_instance_id = {0} + 40")]
    [InlineData("missing", ":0@41", "delete from quarantine where quarantine_id = {0} + 41")]
    [InlineData(
        "different",
        ":0@7",
        "update rating_instance set rating_type_id = rating_type_id % 5 + 1 where rating_instance_id = {0} + 7"
    )]
    [InlineData("different", ":0@41", "update quarantine set raw = substr(raw, 1, 3) where quarantine_id = {0} + 41")]
    [InlineData(
        "doubled",
        ":0@5",
        "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, "
            + "support_type_id) select rating_instance_id, rating_created_at, position, exhibition_id, source_id, 1 "
            + "from rating_instance where rating_instance_id = {0} + 5"
    )]
    [InlineData(
        "unexplained",
        ":0@500",
        "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, "
            + "rating_type_id) select rating_instance_id + 495, rating_created_at, 500, exhibition_id, source_id, "
            + "rating_type_id from rating_instance where rating_instance_id = {0} + 5"
    )]
    [InlineData("changed", ":0", "update kafka_offset set next_offset = 50, high_offset = 50 where partition = 0")]
    public async Task Every_planted_difference_is_found_with_its_place(string kind, string place, string sql)
    {
        var source = await bed.Database.NumberAsync("select min(source_id) from source where name = '0'");
        await bed.Database.QueryAsync(
            string.Format(CultureInfo.InvariantCulture, sql, source * EventId.PositionsPerSource)
        );

        var report = await VerifyAsync();

        Assert.Contains(report.Differences, d => d.Kind == kind && d.Place.EndsWith(place, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_message_is_read_again_as_it_was_sent_until_retention_takes_it()
    {
        var source = (await bed.Database.Store.Ledger.ListAsync(Cancel)).Single(s => s.Row.Name == "0");
        var records = new SentRecords(bed.Database.Store, Places(bed.Clients));

        var fifth = await records.ReadAsync(source, 5, Cancel);
        Assert.Equal(StreamTestBed.Ratings(40).ElementAt(5), Encoding.UTF8.GetString(fifth.Bytes!));
        Assert.NotNull(fifth.MessageAt);
        Assert.Equal("not json", Encoding.UTF8.GetString((await records.ReadAsync(source, 41, Cancel)).Bytes!));
        Assert.Equal(
            "the log ends at offset 42: it was cut, or restored from a copy",
            (await records.ReadAsync(source, 42, Cancel)).Why
        );

        await broker.DeleteRecordsAsync(bed.Topic, 0, 30);
        Assert.Equal(
            "the broker keeps messages from offset 30 on: its retention removed it",
            (await records.ReadAsync(source, 5, Cancel)).Why
        );
        var nowhere = new SentRecords(bed.Database.Store, Places(null));
        Assert.Equal("no broker is configured (BOOTSTRAP_SERVERS)", (await nowhere.ReadAsync(source, 40, Cancel)).Why);
        Assert.Equal(
            "its source is not in the ledger any more: it was replaced or removed",
            (await records.ReadAsync(null, 40, Cancel)).Why
        );
    }

    [Fact]
    public async Task What_retention_took_is_counted_and_no_difference()
    {
        await broker.DeleteRecordsAsync(bed.Topic, 0, 30);

        var report = await VerifyAsync();

        Assert.Equal((0, 22L), (report.Wrong, report.Compared));
    }
}
