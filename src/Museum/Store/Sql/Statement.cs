namespace MuseumPipeline.Store.Sql;

/// <summary>SQL whose rows, if any, are not read, with the values of its @parameters.</summary>
internal readonly record struct Statement(string Sql, params (string Name, object? Value)[] Values);
