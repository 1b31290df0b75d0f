using System.Buffers;
using System.Runtime.CompilerServices;
using Parquet;
using Parquet.Schema;

namespace MuseumPipeline.Export;

/// <summary>A column of a Parquet file, and what of it waits to be written.</summary>
internal abstract class ParquetColumn(DataField field)
{
    public DataField Field { get; } = field;

    public abstract Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel);

    /// <summary>Nothing is added any more.</summary>
    public abstract void End();
}

/// <summary>What waits is in an array that the next file uses again: each is so large that it would stay in memory until
/// everything is collected.</summary>
internal abstract class ParquetColumn<T>(DataField field) : ParquetColumn(field)
{
    private T[]? values;
    private int count;

    public void Add(T value) => (values ??= ArrayPool<T>.Shared.Rent(ParquetTable.GroupRows))[count++] = value;

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancel)
    {
        await WriteAsync(group, new(values!, 0, count), cancel);
        count = 0;
    }

    public override void End()
    {
        if (values is not null)
            ArrayPool<T>.Shared.Return(values, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        values = null;
    }

    protected abstract Task WriteAsync(ParquetRowGroupWriter group, ArraySegment<T> waiting, CancellationToken cancel);
}

/// <summary>Numbers, flags and the like.</summary>
internal sealed class ParquetValues<T>(DataField field) : ParquetColumn<T>(field)
    where T : struct
{
    public ParquetValues(string name)
        : this(new DataField(name, typeof(T), isNullable: false)) { }

    protected override async Task WriteAsync(
        ParquetRowGroupWriter group,
        ArraySegment<T> waiting,
        CancellationToken cancel
    ) => await group.WriteAsync<T>(Field, waiting.AsMemory(), null, null, cancel);
}

/// <summary>The same if some are unknown.</summary>
internal sealed class ParquetOptional<T>(DataField field) : ParquetColumn<T?>(field)
    where T : struct
{
    protected override async Task WriteAsync(
        ParquetRowGroupWriter group,
        ArraySegment<T?> waiting,
        CancellationToken cancel
    ) => await group.WriteAsync<T>(Field, waiting.AsMemory(), null, null, cancel);
}

internal sealed class ParquetTexts(string name)
    : ParquetColumn<string?>(new DataField(name, typeof(string), isNullable: true))
{
    protected override async Task WriteAsync(
        ParquetRowGroupWriter group,
        ArraySegment<string?> waiting,
        CancellationToken cancel
    ) => await group.WriteAsync(Field, waiting!, null);
}

internal sealed class ParquetBytes(string name)
    : ParquetColumn<byte[]>(new DataField(name, typeof(byte[]), isNullable: true))
{
    protected override async Task WriteAsync(
        ParquetRowGroupWriter group,
        ArraySegment<byte[]> waiting,
        CancellationToken cancel
    ) => await group.WriteAsync(Field, waiting, null);
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
