using System.Globalization;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Faults;

/// <summary>The expected result for one record: loaded as a rating or a call for help, or refused for one
/// reason.</summary>
/// <param name="Loaded">The table it is loaded into; null if it is refused.</param>
/// <param name="Reason">Why it is refused; null if it is loaded.</param>
/// <param name="PossibleHelp">A refusal that must be shown to the head of security.</param>
internal readonly record struct Expected(PressKind? Loaded, Reason? Reason, bool PossibleHelp)
{
    public static readonly Expected Rating = new(PressKind.Rating, null, false);

    public static readonly Expected Support = new(PressKind.Support, null, false);

    /// <summary>The 1-based physical line on which the record starts; 0 for a message.</summary>
    public long Line { get; init; }

    /// <summary>The instant it must be stored with, if the case is about time.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Loaded by default, but refused as <see cref="Reason.OutOfHours"/> if the opening-hours rule is on for
    /// history.</summary>
    public bool OutOfHours { get; init; }

    public static Expected Refused(Reason reason, bool possibleHelp = false) => new(null, reason, possibleHelp);

    /// <summary>This, stored with the instant given as ISO 8601 with an offset.</summary>
    public Expected StoredAt(string instant) => this with { At = Instant(instant) };

    public static DateTimeOffset Instant(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
