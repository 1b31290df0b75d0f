using Confluent.Kafka;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Model;

public sealed class TopicIdTests
{
    [Theory]
    [InlineData(-1, -1, "_____________________w")]
    [InlineData(unchecked((long)0xFBEFBEFBEFBEFBEF), 0, "----------8AAAAAAAAAAA")]
    public void A_topics_id_reads_as_in_Kafkas_own_tools(long most, long least, string text) =>
        Assert.Equal(text, TopicId.Text(new Uuid(most, least)));
}
