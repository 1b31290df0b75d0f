using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Pressing;

/// <summary>A kiosk on a page, which only a demo has: what is pressed there goes to its broker like any other
/// press.</summary>
/// <param name="Stream">Where its presses arrive.</param>
/// <param name="SendAsync">Returns once the broker has the message.</param>
internal sealed record PressingKiosk(
    StreamIdentity Stream,
    Func<KioskPress, CancellationToken, Task<SentPress>> SendAsync
);

/// <summary>What a kiosk says of a press; it adds the time.</summary>
/// <param name="Site">The exhibition's number, as kiosks send it.</param>
/// <param name="Val">The rating; −1 for a call for help.</param>
/// <param name="Type">The kind of help.</param>
internal readonly record struct KioskPress(string Site, int Val, int? Type)
{
    public static KioskPress Rating(string site, int value) => new(site, value, null);

    public static KioskPress Help(string site, int kind) => new(site, -1, kind);
}

/// <param name="Message">The message's own words.</param>
internal sealed record SentPress(int Partition, long Offset, string Message);

/// <summary>The broker did not say that it has the message.</summary>
internal sealed class NotSentException(string message, Exception inner) : Exception(message, inner);
