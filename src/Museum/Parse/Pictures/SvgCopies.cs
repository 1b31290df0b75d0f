namespace MuseumPipeline.Parse.Pictures;

/// <summary>How many shapes a drawing becomes by repeating parts of itself (<c>use</c>): ten levels of ten repetitions
/// each would keep every browser busy that shows it.</summary>
internal sealed class SvgCopies
{
    private const int Most = 100_000;
    private const int Deepest = 50;

    private readonly Stack<(string? Id, int Start, int FirstUse)> open = new();
    private readonly List<string> uses = [];
    private readonly Dictionary<string, Part> parts = new(StringComparer.Ordinal);
    private int shapes;

    public void Begin(string? id) => open.Push((id, shapes++, uses.Count));

    /// <summary>The open element repeats the part with this id.</summary>
    public void Use(string id) => uses.Add(id);

    public void End()
    {
        var (id, start, firstUse) = open.Pop();
        // Of two with one id, the first of the document counts.
        if (id is not null && (!parts.TryGetValue(id, out var known) || known.Start > start))
            parts[id] = new(start, shapes - start, firstUse, uses.Count);
    }

    /// <exception cref="Model.MuseumException">They are too many, or a part repeats itself.</exception>
    public void Check()
    {
        if (Count(new(0, shapes, 0, uses.Count), 0, new(StringComparer.Ordinal)) > Most)
            throw PictureFile.Refused(
                "found a drawing that repeats parts of itself again and again",
                $"at most {Most:N0} shapes in all"
            );
    }

    // Whatever is counted is part of the whole: so this ends as soon as that is too much.
    private long Count(Part part, int depth, Dictionary<string, long> known)
    {
        long sum = part.Shapes;
        for (var use = part.FirstUse; use < part.EndOfUses && sum <= Most; use++)
        {
            var id = uses[use];
            if (!known.TryGetValue(id, out var repeated))
            {
                repeated =
                    depth >= Deepest ? Most + 1
                    : parts.TryGetValue(id, out var inner) ? Count(inner, depth + 1, known)
                    : 0;
                known[id] = repeated;
            }

            sum += repeated;
        }

        return sum;
    }

    private readonly record struct Part(int Start, int Shapes, int FirstUse, int EndOfUses);
}
