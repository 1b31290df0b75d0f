namespace MuseumPipeline.Model;

/// <summary>The buttons of a museum's kiosks, each kind in the order of its values.</summary>
public sealed record KioskButtons(IReadOnlyList<PressType> Ratings, IReadOnlyList<PressType> Support)
{
    /// <summary>The longest scale: nobody tells more faces than these apart.</summary>
    public const int LongestScale = 20;

    /// <summary>What the two kinds of help are called unless somebody renames them.</summary>
    internal const string Assistance = "Assistance",
        Emergency = "Emergency";

    /// <summary>The buttons kiosks had from the start.</summary>
    internal static KioskButtons Original { get; } =
        new(
            [
                .. new[] { "Terrible", "Bad", "Neutral", "Good", "Amazing" }.Select(
                    (n, v) => new PressType((short)(v + 1), v, n)
                ),
            ],
            [new(1, PressType.Assistance, Assistance), new(2, PressType.Emergency, Emergency) { Alarms = true }]
        );

    /// <summary>The best rating; the scale goes from 0 to here.</summary>
    public int Best => Ratings.Count == 0 ? 0 : Ratings.Max(type => type.Value);

    /// <summary>Kinds of help added to assistance and emergency.</summary>
    internal IEnumerable<PressType> Added =>
        Support.Where(type => type.Value is not (PressType.Assistance or PressType.Emergency));

    /// <summary>The index of a kind of help; -1 if there is none with this value.</summary>
    internal int IndexOf(int value)
    {
        for (var index = 0; index < Support.Count; index++)
        {
            if (Support[index].Value == value)
                return index;
        }

        return -1;
    }

    public bool Equals(KioskButtons? other) =>
        other is not null && Ratings.SequenceEqual(other.Ratings) && Support.SequenceEqual(other.Support);

    public override int GetHashCode() => HashCode.Combine(Ratings.Count, Support.Count);
}
