namespace MuseumPipeline.Model;

/// <summary>A museum: its files' prefix, its topic and its opening hours, in its own time zone.</summary>
public sealed record Museum(
    int Id,
    string Code,
    string Name,
    string Topic,
    string Prefix,
    TimeOnly Opens,
    TimeOnly Closes,
    string TimeZone
);

/// <summary>An exhibition in the database. <paramref name="Site"/> is the number kiosks send, as canonical
/// digits.</summary>
public sealed record Exhibition(int Id, int MuseumId, string PublicId, string Site, string Name);

/// <summary>A row of <c>rating_type</c> or <c>support_type</c>: the meaning of a value.</summary>
public sealed record PressType(short Id, int Value, string Description)
{
    /// <summary>The two values of a call for help.</summary>
    public const int Assistance = 0,
        Emergency = 1;

    /// <summary>A call of this kind is an emergency: it alarms and is escalated.</summary>
    public bool Alarms { get; init; }
}

/// <summary>Everything the rules look up for one museum: rows of the database, nothing hard-coded.</summary>
public sealed record Vocabulary(
    Museum Museum,
    IReadOnlyList<Exhibition> Exhibitions,
    IReadOnlyList<PressType> RatingTypes,
    IReadOnlyList<PressType> SupportTypes
);

/// <summary>The checked content of one exhibition file.</summary>
/// <param name="PublicId">For example <c>EXH_04</c>.</param>
/// <param name="Site">The same as kiosks send it: <c>4</c>.</param>
public sealed record ExhibitionFacts(
    string PublicId,
    string Site,
    string Name,
    string Floor,
    string Department,
    DateOnly StartDate,
    string Description
);
