namespace MuseumPipeline.Model;

/// <summary>When a message arrived.</summary>
/// <param name="At">Microseconds since 1970-01-01T00:00Z; 0 where nobody knows, as of a file.</param>
/// <param name="Prompt">It had not waited before: a time that is far from it is a wrong clock, and not a late
/// message.</param>
public readonly record struct Arrival(long At, bool Prompt)
{
    /// <summary>Whether the clock that says this instant is wrong by more than so many microseconds.</summary>
    internal bool Contradicts(long at, long tolerance) => At != 0 && Prompt && Math.Abs(At - at) > tolerance;
}
