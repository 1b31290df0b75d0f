using MuseumPipeline.Clean;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Load.Streams;

/// <summary>Where to begin a topic that was never consumed; partitions that appear later begin at their first
/// message.</summary>
/// <param name="Latest">Only what arrives from now on.</param>
/// <param name="At">From this instant, by the broker's time stamps.</param>
/// <param name="Group">From the offsets that the consumer group committed at the brokers.</param>
public sealed record StreamStart(bool Latest = false, DateTimeOffset? At = null, bool Group = false)
{
    public static StreamStart Earliest { get; } = new();

    /// <summary><c>earliest</c>, <c>latest</c>, <c>group</c> or an ISO 8601 time with its offset; null for anything
    /// else.</summary>
    public static StreamStart? Parse(string text)
    {
        if (text == "earliest")
            return Earliest;
        if (text == "latest")
            return new(Latest: true);
        if (text == "group")
            return new(Group: true);
        const System.Globalization.DateTimeStyles Exact = System.Globalization.DateTimeStyles.None;
        string[] forms = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];
        return
            DateTimeOffset.TryParseExact(
                text,
                forms,
                System.Globalization.CultureInfo.InvariantCulture,
                Exact,
                out var at
            ) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10)
            ? new(At: at)
            : null;
    }
}

/// <summary>How a stream is consumed.</summary>
/// <param name="Rules">The cleaning rules for the stream.</param>
public sealed record StreamOptions(CleaningRules Rules, TimeProvider Clock)
{
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(120);

    public StreamStart Start { get; init; } = StreamStart.Earliest;

    /// <summary>Stop at the end that every partition had at the start.</summary>
    public bool UntilEnd { get; init; }

    /// <summary>With <see cref="UntilEnd"/>: give up after this long without progress.</summary>
    public TimeSpan Timeout { get; init; } = UsualTimeout;

    /// <summary>Stop after so many messages of each topic.</summary>
    public long? MaxMessages { get; init; }

    public BreakerLimits Breaker { get; init; } = BreakerLimits.Default;

    /// <summary>Also load an archive that is known to be there already, or was removed.</summary>
    public bool Again { get; init; }
}
