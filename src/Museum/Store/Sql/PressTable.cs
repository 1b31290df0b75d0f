using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sql;

/// <summary>Where the presses of one kind are.</summary>
/// <param name="Name">Its tables and their keys begin with it: <c>rating_instance</c>, <c>rating_type</c>,
/// <c>rating_hourly</c>.</param>
/// <param name="At">The column with the instant of a press.</param>
internal sealed record PressTable(PressKind Kind, string Name, string At)
{
    public static IReadOnlyList<PressTable> All { get; } =
    [new(PressKind.Rating, "rating", "rating_created_at"), new(PressKind.Support, "support", "instance_created_at")];

    /// <summary>The hourly counts.</summary>
    public string Hourly => $"{Name}_hourly";

    public static PressTable Of(PressKind kind) => All.First(table => table.Kind == kind);
}
