namespace MuseumPipeline.Model;

/// <summary>When a message arrived.</summary>
/// <param name="At">Microseconds since 1970-01-01T00:00Z; 0 if unknown, as for a file.</param>
/// <param name="Prompt">It had not waited before: if its own time is far from this, its clock is wrong and it is not
/// just late.</param>
public readonly record struct Arrival(long At, bool Prompt)
{
    /// <summary>Whether the clock that gave this instant is wrong by more than this many microseconds.</summary>
    internal bool Contradicts(long at, long tolerance) => At != 0 && Prompt && Math.Abs(At - at) > tolerance;
}
