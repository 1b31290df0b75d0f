using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Export;

/// <summary>The rows of one part into one Parquet file.</summary>
internal static class PartFile
{
    /// <summary>Returns the part as it was read.</summary>
    /// <param name="file">Null to read only.</param>
    /// <param name="read">Is told of each row that is in the file.</param>
    public static Task<ExportPart> WriteAsync(
        IEventExport store,
        ExportPart part,
        Stream? file,
        CancellationToken cancel,
        RetiredPositions? read = null
    ) =>
        part.Set is ExportSet.Events
            ? EventsAsync(store, part, file, read, cancel)
            : RefusalsAsync(store, part, file, read, cancel);

    private static async Task<ExportPart> EventsAsync(
        IEventExport store,
        ExportPart part,
        Stream? file,
        RetiredPositions? read,
        CancellationToken cancel
    )
    {
        var columns = new EventColumns();
        await using var table = file is null ? null : await ParquetTable.OpenAsync(file, columns.All, cancel);
        return await store.EventsAsync(
            part,
            columns.Begin,
            press =>
            {
                read?.Add(press.Kind is PressKind.Rating ? RetiredKind.Rating : RetiredKind.Support, press.Id);
                if (table is null)
                    return ValueTask.CompletedTask;
                columns.Add(press);
                return table.EndRowAsync();
            },
            cancel
        );
    }

    private static async Task<ExportPart> RefusalsAsync(
        IEventExport store,
        ExportPart part,
        Stream? file,
        RetiredPositions? read,
        CancellationToken cancel
    )
    {
        var columns = new RefusalColumns();
        await using var table = file is null ? null : await ParquetTable.OpenAsync(file, columns.All, cancel);
        return await store.RefusalsAsync(
            part,
            columns.Begin,
            refusal =>
            {
                read?.Add(RetiredKind.Refusal, refusal.Id);
                if (table is null)
                    return ValueTask.CompletedTask;
                columns.Add(refusal);
                return table.EndRowAsync();
            },
            cancel
        );
    }
}
