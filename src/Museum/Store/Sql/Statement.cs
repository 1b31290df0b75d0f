namespace MuseumPipeline.Store.Sql;

/// <summary>SQL that returns no rows, with the values of its @parameters.</summary>
internal readonly record struct Statement(string Sql, params (string Name, object? Value)[] Values);
