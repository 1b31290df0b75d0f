using System.Globalization;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sql;

/// <summary>Whether a place may say what an exhibition is: the one that described it may change it, any other one may
/// only agree. Else a copy of other exhibitions would rename a museum's own, and count its presses for them.</summary>
internal sealed class ExhibitionPlace(SqlSession session, int museumId, string place)
{
    public async Task<string?> ContradictionAsync(ExhibitionFacts facts)
    {
        if (await FindAsync(facts.PublicId) is not { } known || known.Place == place)
            return null;
        (string Field, string Found, string There)[] fields =
        [
            ("EXHIBITION_NAME", facts.Name, known.Name),
            ("FLOOR", facts.Floor, known.Floor),
            ("DEPARTMENT", facts.Department, known.Department),
            ("START_DATE", Day(facts.StartDate), known.Start is { } start ? Day(start) : ""),
            ("DESCRIPTION", facts.Description, known.Description),
        ];
        var different = Array.Find(fields, field => field.Found != field.There);
        if (different.Field is null || (known.Place is null && await IsKnownAsync()))
            return null;
        return $"{different.Field}: found \"{different.Found}\", but {facts.PublicId} is \"{different.There}\""
            + (known.Place is null ? "" : $" by {known.Place}");
    }

    private static string Day(DateOnly day) => day.ToString("dd/MM/yy", CultureInfo.InvariantCulture);

    private async Task<Known?> FindAsync(string publicId)
    {
        const string Sql = """
            select e.described_by, e.exhibition_name, f.floor, d.department_name, e.exhibition_start_date,
                   e.exhibition_description
            from exhibition e join floor f using (floor_id) join department d using (department_id)
            where e.museum_id = @museum and e.public_id = @id
            """;
        var rows = await session.ReadAsync(
            Sql,
            r => new Known(r.TextOrNull(), r.Text(), r.Text(), r.Text(), r.DayOrNull(), r.Text()),
            ("museum", museumId),
            ("id", publicId)
        );
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>Of an exhibition that was described before its place was kept: history of this place is there, or of no
    /// place at all.</summary>
    private async Task<bool> IsKnownAsync()
    {
        const string Own = """
            select max(case when substr(@place, 1, length(location)) = location then 1 else 0 end) from source
            where museum_id = @museum and kind = 'object'
            """;
        return await session.NumberAsync(Own, ("museum", museumId), ("place", place)) is null or 1;
    }

    /// <summary>An exhibition as it is in the tables; one that came from elsewhere may have no day.</summary>
    private sealed record Known(
        string? Place,
        string Name,
        string Floor,
        string Department,
        DateOnly? Start,
        string Description
    );
}
