using MuseumPipeline.Clean;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Load.Streams;

/// <summary>Where a topic that was never consumed begins; partitions that appear later begin at their first
/// message.</summary>
/// <param name="Latest">Only what arrives from now on.</param>
/// <param name="At">From this instant, by the broker's time stamps.</param>
public sealed record StreamStart(bool Latest = false, DateTimeOffset? At = null)
{
    public static StreamStart Earliest { get; } = new();

    /// <summary><c>earliest</c>, <c>latest</c> or an ISO 8601 time with its offset; null for anything else.</summary>
    public static StreamStart? Parse(string text)
    {
        if (text == "earliest")
            return Earliest;
        if (text == "latest")
            return new(Latest: true);
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
    public StreamStart Start { get; init; } = StreamStart.Earliest;

    /// <summary>Stop at the end of every partition as it stood at the start.</summary>
    public bool UntilEnd { get; init; }

    /// <summary>Stop after so many messages of each topic.</summary>
    public long? MaxMessages { get; init; }

    public BreakerLimits Breaker { get; init; } = BreakerLimits.Default;

    /// <summary>Load also an archive that is known to be there already, or was taken back.</summary>
    public bool Again { get; init; }
}
