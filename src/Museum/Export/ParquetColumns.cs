using Parquet;
using Parquet.Schema;

namespace MuseumPipeline.Export;

/// <summary>A column of a Parquet file, and what of it waits to be written.</summary>
internal abstract class ParquetColumn(DataField field)
{
    public DataField Field { get; } = field;

    public abstract Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel);
}

/// <summary>Numbers, flags and the like.</summary>
internal sealed class ParquetValues<T>(DataField field) : ParquetColumn(field)
    where T : struct
{
    public ParquetValues(string name)
        : this(new DataField(name, typeof(T), isNullable: false)) { }

    private readonly List<T> values = new(ParquetTable.GroupRows);

    public void Add(T value) => values.Add(value);

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel)
    {
        await group.WriteAsync<T>(Field, values.ToArray().AsMemory(), null, null, cancel);
        values.Clear();
    }
}

/// <summary>The same if some are unknown.</summary>
internal sealed class ParquetOptional<T>(DataField field) : ParquetColumn(field)
    where T : struct
{
    private readonly List<T?> values = new(ParquetTable.GroupRows);

    public void Add(T? value) => values.Add(value);

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel)
    {
        await group.WriteAsync<T>(Field, values.ToArray().AsMemory(), null, null, cancel);
        values.Clear();
    }
}

internal sealed class ParquetTexts(string name) : ParquetColumn(new DataField(name, typeof(string), isNullable: true))
{
    private readonly List<string?> values = new(ParquetTable.GroupRows);

    public void Add(string? value) => values.Add(value);

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel)
    {
        await group.WriteAsync(Field, values!, null);
        values.Clear();
    }
}

internal sealed class ParquetBytes(string name) : ParquetColumn(new DataField(name, typeof(byte[]), isNullable: true))
{
    private readonly List<byte[]> values = new(ParquetTable.GroupRows);

    public void Add(byte[] value) => values.Add(value);

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel)
    {
        await group.WriteAsync(Field, values, null);
        values.Clear();
    }
}

/// <summary>Instants are microseconds in UTC, as the database has them.</summary>
internal static class ParquetInstants
{
    public static DataField Field(string name, bool optional) =>
        new DateTimeDataField(
            name,
            DateTimeFormat.Timestamp,
            isAdjustedToUTC: true,
            unit: DateTimeTimeUnit.Micros,
            isNullable: optional
        );
}
