using Parquet;
using Parquet.Schema;

namespace MuseumPipeline.Export;

/// <summary>
/// A Parquet file that is being written: rows are added to its columns, and leave memory a group at a time, however
/// many there are.
/// </summary>
internal sealed class ParquetTable : IAsyncDisposable
{
    /// <summary>What waits in memory at most.</summary>
    public const int GroupRows = 65_536;

    private readonly ParquetWriter writer;
    private readonly IReadOnlyList<ParquetColumn> columns;
    private readonly CancellationToken cancel;
    private int waiting;

    private ParquetTable(ParquetWriter writer, IReadOnlyList<ParquetColumn> columns, CancellationToken cancel) =>
        (this.writer, this.columns, this.cancel) = (writer, columns, cancel);

    public static async Task<ParquetTable> OpenAsync(
        Stream file,
        IReadOnlyList<ParquetColumn> columns,
        CancellationToken cancel
    )
    {
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Snappy };
        return new(await ParquetWriter.CreateAsync(schema, file, options, false, cancel), columns, cancel);
    }

    /// <summary>Every column has been given the value of one more row.</summary>
    public ValueTask EndRowAsync() => ++waiting < GroupRows ? ValueTask.CompletedTask : new(FlushAsync());

    public async ValueTask DisposeAsync()
    {
        if (waiting > 0)
            await FlushAsync();
        await writer.DisposeAsync();
        foreach (var column in columns)
            column.End();
    }

    private async Task FlushAsync()
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in columns)
            await column.WriteAsync(group, cancel);
        group.CompleteValidate();
        waiting = 0;
    }
}
