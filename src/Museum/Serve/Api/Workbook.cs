using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SpreadCheetah;
using SpreadCheetah.Styling;

namespace MuseumPipeline.Serve.Api;

/// <summary>Tables as the sheets of a workbook. Texts are texts there: nothing is a formula.</summary>
internal sealed class Workbook(string name, IReadOnlyList<(string Name, Table Table)> sheets) : IResult
{
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var file = new MemoryStream();
        await WriteAsync(file, httpContext.RequestAborted);
        await Results.File(file.ToArray(), MediaType, name).ExecuteAsync(httpContext);
    }

    private async Task WriteAsync(Stream file, CancellationToken cancel)
    {
        await using var workbook = await Spreadsheet.CreateNewAsync(file, null, cancel);
        var title = workbook.AddStyle(new Style { Font = { Bold = true } });
        foreach (var (sheet, table) in sheets)
        {
            await workbook.StartWorksheetAsync(sheet, token: cancel);
            await workbook.AddRowAsync([.. table.Columns.Select(column => new StyledCell(column, title))], cancel);
            foreach (var row in table.Rows)
                await workbook.AddRowAsync([.. row.Select(CellOf)], cancel);
        }

        await workbook.FinishAsync(cancel);
    }

    /// <summary>An instant loses its zone, which a sheet has no place for: it is UTC.</summary>
    private static DataCell CellOf(object? value) =>
        value switch
        {
            null => new DataCell(),
            string text => new DataCell(text),
            bool flag => new DataCell(flag),
            int number => new DataCell(number),
            long number => new DataCell(number),
            double number => new DataCell(number),
            DateOnly day => new DataCell(day.ToDateTime(TimeOnly.MinValue)),
            DateTimeOffset instant => new DataCell(instant.UtcDateTime),
            Enum word => new DataCell(JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString())),
            IFormattable other => new DataCell(other.ToString(null, CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException($"a {value.GetType()} is nothing for a cell"),
        };
}
