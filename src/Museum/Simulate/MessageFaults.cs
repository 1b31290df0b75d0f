using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Simulate;

/// <summary>The kind of time a message carries.</summary>
internal enum When
{
    Now,
    Absent,
    Night,
    Future,

    /// <summary>From a clock that lost its battery.</summary>
    Past,
    WithoutOffset,
}

/// <summary>A message before it is written: JSON texts of its fields, null where a field is absent.</summary>
internal readonly record struct Draft(When At, string? Site, string? Val, string? Type)
{
    /// <summary>What follows the fields; null for a closing brace.</summary>
    public byte[]? Ending { get; init; }

    /// <summary>Whatever else is wrong with it, it may be a call for help.</summary>
    public bool PossibleHelp => Val is "-1" || Type is "0" or "1";
}

/// <summary>One kind of fault in messages.</summary>
/// <param name="Weight">How often, relative to the others.</param>
internal sealed record MessageFault(int Weight, Reason Reason, Func<Draft, Draft> Spoil);

/// <summary>The faults of messages: usually one field. The first part of the list, with its weights, was counted in 620
/// messages that a museum's kiosks sent in half an hour; it has no press from outside the opening hours, because that
/// half hour was within them. The museum has such presses, so a few were added.</summary>
internal static class MessageFaults
{
    /// <summary>Of the 620, 107 would be refused.</summary>
    public const double UsualShare = 0.17;

    private static readonly MessageFault[] Real =
    [
        new(13, Reason.MissingVal, d => d with { Val = null }),
        new(3, Reason.MissingVal, d => d with { Val = "null" }),
        new(10, Reason.MissingAt, d => d with { At = When.Absent }),
        new(1, Reason.MissingAt, d => d with { At = When.Absent, Val = "-1", Type = "0" }),
        new(5, Reason.MissingSite, d => d with { Site = null }),
        new(3, Reason.MissingType, d => d with { Val = "-1", Type = "null" }),
        .. Types((6, "\"INF\""), (4, "\"ERR\""), (4, "3"), (3, "-1"), (2, "2"), (1, "4")),
        .. Values((4, "7"), (4, "\"INF\""), (4, "8"), (3, "-2"), (2, "\"ERR\""), (2, "6"), (2, "5"), (2, "-3")),
        .. Sites(Reason.InvalidSite, (4, "\"INF\""), (3, "\"None\"")),
        .. Sites(
            Reason.UnknownSite,
            (4, "\"6\""),
            (2, "\"7\""),
            (1, "\"8\""),
            (4, "\"9\""),
            (3, "\"10\""),
            (5, "\"11\""),
            (2, "\"12\"")
        ),
        new(1, Reason.UnknownSite, d => d with { Site = "\"8\"", Val = "-1", Type = "0" }),
        new(3, Reason.OutOfHours, d => d with { At = When.Night }),
        new(1, Reason.OutOfHours, d => d with { At = When.Night, Val = "-1", Type = "1" }),
    ];

    /// <summary>Faults that the half hour did not show but the rules know. (Empty messages are not lines of a file, so
    /// there are none.)</summary>
    private static readonly MessageFault[] Rare =
    [
        new(6, Reason.Contradictory, d => d with { Type = "0" }),
        new(6, Reason.InvalidAt, d => d with { At = When.WithoutOffset }),
        new(6, Reason.Future, d => d with { At = When.Future }),
        new(5, Reason.Past, d => d with { At = When.Past }),
        new(1, Reason.Past, d => d with { At = When.Past, Val = "-1", Type = "1" }),
        new(6, Reason.InvalidJson, d => d with { Ending = [] }),
        new(6, Reason.InvalidEncoding, d => d with { Ending = [.. ", \"kiosk\": \""u8, 0xFF, 0xFE, .. "\"}"u8] }),
        new(1, Reason.TooLarge, d => d with { Ending = Noise }),
    ];

    private static readonly byte[] Noise = Encoding.ASCII.GetBytes(
        $", \"noise\": \"{new string('#', Refusal.RecordLimit)}\"}}"
    );

    /// <summary>The faults to draw from.</summary>
    /// <param name="every">Also those that the real messages did not have.</param>
    public static MessageFault[] List(bool every) => every ? [.. Real, .. Rare] : Real;

    private static IEnumerable<MessageFault> Types(params (int Weight, string Text)[] texts) =>
        texts.Select(t => new MessageFault(t.Weight, Reason.InvalidType, d => d with { Val = "-1", Type = t.Text }));

    private static IEnumerable<MessageFault> Values(params (int Weight, string Text)[] texts) =>
        texts.Select(t => new MessageFault(t.Weight, Reason.InvalidVal, d => d with { Val = t.Text }));

    private static IEnumerable<MessageFault> Sites(Reason reason, params (int Weight, string Text)[] texts) =>
        texts.Select(t => new MessageFault(t.Weight, reason, d => d with { Site = t.Text }));
}
