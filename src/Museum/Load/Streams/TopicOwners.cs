using MuseumPipeline.Model;

namespace MuseumPipeline.Load.Streams;

/// <summary>Which museum owns which topic: the museum's row says so, and TOPIC chooses among them, or, with only one
/// museum, sets its topic for this process. Nothing else uses TOPIC to find a museum.</summary>
internal static class TopicOwners
{
    /// <summary>The museums to consume, each with the topic it is read from.</summary>
    /// <param name="museums">All museums.</param>
    /// <param name="topics">TOPIC; empty for every museum's.</param>
    /// <exception cref="MuseumException">A topic belongs to no museum.</exception>
    public static IReadOnlyList<Museum> Of(IReadOnlyList<Museum> museums, IReadOnlyList<string> topics)
    {
        if (topics.Count == 0)
            return museums;
        if (museums is [var only] && topics is [var its])
            return [only with { Topic = its }];
        return [.. topics.Distinct(StringComparer.Ordinal).Select(Owner)];

        Museum Owner(string topic) =>
            museums.FirstOrDefault(museum => museum.Topic == topic)
            ?? throw new MuseumException(
                ExitCode.Configuration,
                $"TOPIC: found {topic}, expected a museum's topic: "
                    + $"{string.Join(", ", museums.Select(m => $"{m.Topic} ({m.Code})"))}. If {topic} is the topic of "
                    + $"one of them, set it: museum museums change {museums[0].Code} --topic {topic}"
            );
    }

    /// <summary>A notice if TOPIC differs from the museum's row; null if it does not.</summary>
    public static string? Remark(IReadOnlyList<Museum> museums, IReadOnlyList<string> topics) =>
        museums is [var only] && topics is [var its] && only.Topic != its
            ? $"TOPIC: {its} is read as {only.Code}'s topic in this run; its own is {only.Topic} "
                + $"(museum museums change {only.Code} --topic {its} makes it permanent)"
            : null;
}
