using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>The tables of a view, by name; the first is the main one. A table is only built when it is
/// requested.</summary>
internal sealed record Tables<T>(params IReadOnlyList<(string Name, Func<T, Table> Table)> All)
{
    public IReadOnlyList<string> Names { get; } = [.. All.Select(table => table.Name)];

    /// <exception cref="BadQueryException">There is none with that name.</exception>
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

/// <summary>The document's text for the parameter <c>table</c> of one endpoint.</summary>
internal sealed record TableNames(IReadOnlyList<string> Names);
