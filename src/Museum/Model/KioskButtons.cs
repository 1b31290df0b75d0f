namespace MuseumPipeline.Model;

/// <summary>The buttons of a museum's kiosks, each kind in the order of its values.</summary>
public sealed record KioskButtons(IReadOnlyList<PressType> Ratings, IReadOnlyList<PressType> Support)
{
    /// <summary>No scale is longer: more faces than these nobody tells apart.</summary>
    public const int LongestScale = 20;

    /// <summary>What kiosks had from the start.</summary>
    internal static KioskButtons Original { get; } =
        new(
            [
                .. new[] { "Terrible", "Bad", "Neutral", "Good", "Amazing" }.Select(
                    (n, v) => new PressType((short)(v + 1), v, n)
                ),
            ],
            [new(1, PressType.Assistance, "Assistance"), new(2, PressType.Emergency, "Emergency") { Alarms = true }]
        );

    /// <summary>The best rating: the scale goes from 0 to here.</summary>
    public int Best => Ratings.Count == 0 ? 0 : Ratings.Max(type => type.Value);

    /// <summary>Kinds of help that were added to assistance and emergency.</summary>
    internal IEnumerable<PressType> Added =>
        Support.Where(type => type.Value is not (PressType.Assistance or PressType.Emergency));

    /// <summary>Where a kind of help stands among all; -1 where there is none of this value.</summary>
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
