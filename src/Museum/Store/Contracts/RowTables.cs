namespace MuseumPipeline.Store.Contracts;

/// <summary>The tables that records become rows of: what is refused there is a record's fault.</summary>
internal static class RowTables
{
    public static IReadOnlyList<string> Names { get; } = ["rating_instance", "support_instance", "quarantine"];
}
