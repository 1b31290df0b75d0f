using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>The tables a view can be had as, by name; the first is its main one. One is only made when it is
/// wanted.</summary>
internal sealed record Tables<T>(params IReadOnlyList<(string Name, Func<T, Table> Table)> All)
{
    public IReadOnlyList<string> Names { get; } = [.. All.Select(table => table.Name)];

    /// <exception cref="BadQueryException">There is none of that name.</exception>
    public (string Name, Func<T, Table> Table) Named(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return All[0];
        foreach (var table in All)
        {
            if (table.Name == name)
                return table;
        }

        throw new BadQueryException(
            "table",
            name,
            Names.Count == 1 ? $"{Names[0]}, the only one" : $"one of {string.Join(", ", Names)}"
        );
    }
}

/// <summary>What the document says of the parameter <c>table</c> of one endpoint.</summary>
internal sealed record TableNames(IReadOnlyList<string> Names);
