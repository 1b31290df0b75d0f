using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace MuseumPipeline.Serve.Api;

/// <summary>The requested format, the same for every view.</summary>
internal sealed record Export
{
    [
        FromQuery(Name = "format"),
        Description("json, csv for one table, or xlsx for a workbook; json where nothing is said.")
    ]
    public string? Format { get; init; }

    [
        FromQuery(Name = "table"),
        Description("Which table csv is to hold, the first where nothing is said; of xlsx every one is a sheet.")
    ]
    public string? Table { get; init; }

    [
        FromQuery(Name = "bom"),
        Description("true: csv begins with a byte order mark, by which Excel knows that it is UTF-8.")
    ]
    public string? Bom { get; init; }
}
