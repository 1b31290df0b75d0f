using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace MuseumPipeline.Numbers;

/// <summary>The query of every view; everything is optional. Strings, so that errors can name what was sent.</summary>
internal sealed record ViewQuery
{
    [FromQuery(Name = "museum"), Description(ViewText.Museum)]
    public string? Museum { get; init; }

    [
        FromQuery(Name = "range"),
        Description(
            "today, 7d, 28d or all, in the museum's own days; 28d where nothing is said. Not together with from and to."
        )
    ]
    public string? Range { get; init; }

    [FromQuery(Name = "from"), Description(ViewText.From)]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description(ViewText.To)]
    public string? To { get; init; }

    [FromQuery(Name = "exhibition"), Description(ViewText.Exhibition)]
    public string[]? Exhibition { get; init; }

    [FromQuery(Name = "floor"), Description(ViewText.Floor)]
    public string[]? Floor { get; init; }

    [FromQuery(Name = "department"), Description(ViewText.Department)]
    public string[]? Department { get; init; }

    [FromQuery(Name = "excludeRepeats"), Description(ViewText.ExcludeRepeats)]
    public string? ExcludeRepeats { get; init; }

    [
        FromQuery(Name = "wait"),
        Description(
            "With excludeRepeats: false answers at once, without the repeats of days that are still being counted "
                + "(period.repeatsPending says so); true, as where nothing is said, waits for them."
        )
    ]
    public string? Wait { get; init; }
}

/// <summary>Beside it, of views that may be of some hours of the day or of the week alone. No query inherits from
/// another: the compiler that writes the handlers' reading of them sees a type's own properties only.</summary>
internal sealed record HoursQuery
{
    [FromQuery(Name = "weekday"), Description(ViewText.Weekday)]
    public string? Weekday { get; init; }

    [FromQuery(Name = "hour"), Description(ViewText.Hour)]
    public string[]? Hour { get; init; }
}

/// <summary>What the document says of parameters that several queries have.</summary>
internal static class ViewText
{
    public const string Museum = "A museum's code; the first museum where there is none.",
        From = "The first day, yyyy-MM-dd; needs to.",
        To = "The last day, which is included; needs from.",
        Exhibition = "Public id of an exhibition; may be repeated.",
        Floor = "A floor; may be repeated.",
        Department = "A department; may be repeated.",
        Weekday = "1 for Monday to 7 for Sunday.",
        Hour = "An hour of the museum's clock, 0 to 23; may be repeated.",
        ExcludeRepeats =
            "true leaves out presses of the same button of the same exhibition within 5 seconds of the one "
            + "before; false where nothing is said.";
}

/// <summary>A query that cannot be answered. The text is for the person who asked.</summary>
internal sealed class BadQueryException(string parameter, string found, string expected)
    : Exception($"{parameter}: found '{found}', expected {expected}")
{
    public string Parameter { get; } = parameter;
}
