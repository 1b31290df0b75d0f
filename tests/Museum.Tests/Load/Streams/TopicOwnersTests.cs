using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Load.Streams;

public class TopicOwnersTests
{
    private static Museum Of(int id, string code, string topic) =>
        new(id, code, code, topic, topic, new TimeOnly(8, 45), new TimeOnly(18, 15), "Europe/London");

    private static readonly Museum Lmnh = Of(1, "LMNH", "lmnh");

    private static readonly Museum Lms = Of(2, "LMS", "lms");

    [Fact]
    public void Without_TOPIC_every_museum_has_its_own()
    {
        Assert.Equal([Lmnh, Lms], TopicOwners.Of([Lmnh, Lms], []));
        Assert.Null(TopicOwners.Remark([Lmnh, Lms], []));
    }

    [Fact]
    public void The_only_museum_takes_TOPIC_for_its_own_and_it_is_said()
    {
        Assert.Equal(Lmnh with { Topic = "visitor-presses" }, TopicOwners.Of([Lmnh], ["visitor-presses"]).Single());
        Assert.Contains(
            "museum museums change LMNH --topic visitor-presses",
            TopicOwners.Remark([Lmnh], ["visitor-presses"]),
            StringComparison.Ordinal
        );
        Assert.Null(TopicOwners.Remark([Lmnh], ["lmnh"]));
    }

    [Fact]
    public void Of_several_museums_TOPIC_chooses_and_a_topic_of_none_of_them_is_refused_with_what_to_type()
    {
        Assert.Equal([Lms], TopicOwners.Of([Lmnh, Lms], ["lms", "lms"]));
        var refused = Assert.Throws<MuseumException>(() => TopicOwners.Of([Lmnh, Lms], ["visitor-presses"]));
        Assert.Equal(ExitCode.Configuration, refused.ExitCode);
        Assert.Contains(
            "museum museums change LMNH --topic visitor-presses",
            refused.Message,
            StringComparison.Ordinal
        );
    }
}
