using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace MuseumPipeline.Serve.Api;

/// <summary>How an answer is wanted: the same question to every view.</summary>
internal sealed record Export
{
    [FromQuery(Name = "format"), Description("json, or csv for one table; json where nothing is said.")]
    public string? Format { get; init; }

    [FromQuery(Name = "table"), Description("Which table csv is to hold; the first of them where nothing is said.")]
    public string? Table { get; init; }
}
