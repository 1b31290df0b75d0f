using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Store.Sql;

/// <summary>One exhibition on its way into its table. Only a new row draws a number: an insert that meets a known one
/// would draw one too, and throw it away.</summary>
internal sealed class ExhibitionRow(SqlSession session, int museumId, ExhibitionFacts facts, string? place)
{
    private const string One = "museum_id = @museum and public_id = @id";

    /// <exception cref="ExhibitionConflictException">Another public id already has the same site.</exception>
    /// <exception cref="MuseumException">The ids for exhibitions have run out.</exception>
    public async Task<Change> UpsertAsync()
    {
        await RefuseRivalAsync();
        (string, object?)[] values =
        [
            ("museum", museumId),
            ("id", facts.PublicId),
            ("site", facts.Site),
            ("name", facts.Name),
            ("start", facts.StartDate),
            ("description", facts.Description),
            ("floor", await session.NamedAsync("floor", facts.Floor)),
            ("department", await session.NamedAsync("department", facts.Department)),
            ("place", place),
        ];
        await AdoptAsync();
        var change = await IsNewAsync() && await InsertAsync(values) ? Change.Created : await UpdateAsync(values);
        if (change is Change.Unchanged && place is not null)
            await session.ExecuteAsync(
                $"update exhibition set described_by = @place where {One} and described_by is null",
                ("place", place),
                ("museum", museumId),
                ("id", facts.PublicId)
            );
        return change;
    }

    private async Task RefuseRivalAsync()
    {
        var rivals = await session.ReadAsync(
            "select public_id from exhibition where museum_id = @museum and site = @site and public_id <> @id",
            r => r.Text(),
            ("museum", museumId),
            ("site", facts.Site),
            ("id", facts.PublicId)
        );
        if (rivals.Count > 0)
            throw new ExhibitionConflictException(
                $"EXHIBITION_ID: found \"{facts.PublicId}\", but site {facts.Site} is already {rivals[0]}; "
                    + $"expected one public id a site"
            );
    }

    private async Task<bool> IsNewAsync() =>
        await session.NumberAsync($"select 1 from exhibition where {One}", ("museum", museumId), ("id", facts.PublicId))
            is null;

    /// <summary>False if another load was quicker.</summary>
    private async Task<bool> InsertAsync((string, object?)[] values)
    {
        const string Sql = """
            insert into exhibition (museum_id, public_id, site, exhibition_name, exhibition_start_date,
                exhibition_description, floor_id, department_id, described_by)
            values (@museum, @id, @site, @name, @start, @description, @floor, @department, @place)
            on conflict (museum_id, public_id) do nothing
            returning exhibition_id
            """;
        if (await session.NumberAsync(Sql, values) is not { } id)
            return false;
        session.Checked("exhibition", id, HourlyCounts.MostExhibitions - 1);
        return true;
    }

    private async Task<Change> UpdateAsync((string, object?)[] values)
    {
        const string Sql = $"""
            update exhibition
            set exhibition_name = @name, exhibition_start_date = @start, exhibition_description = @description,
                floor_id = @floor, department_id = @department, described_by = coalesce(@place, described_by)
            where {One}
              and not (exhibition_name = @name and exhibition_start_date is not null and exhibition_start_date = @start
                       and exhibition_description = @description and floor_id = @floor
                       and department_id = @department)
            """;
        return await session.ExecuteAsync(Sql, values) == 1 ? Change.Changed : Change.Unchanged;
    }

    /// <summary>An exhibition that came from the original's database has no public id and no site: the first file of
    /// its name gives it both.</summary>
    private Task<int> AdoptAsync()
    {
        const string Sql = $"""
            update exhibition set public_id = @id, site = @site
            where exhibition_id = (select min(exhibition_id) from exhibition
                                   where museum_id = @museum and substr(public_id, 1, 4) = '{OldExhibition.Prefix}'
                                     and lower(trim(exhibition_name)) = lower(trim(@name)))
              and not exists (select 1 from exhibition where {One})
            """;
        return session.ExecuteAsync(
            Sql,
            ("museum", museumId),
            ("id", facts.PublicId),
            ("site", facts.Site),
            ("name", facts.Name)
        );
    }
}

/// <summary>Floors and departments: names with a number.</summary>
internal static class NamedRows
{
    /// <summary>The number of this name.</summary>
    /// <param name="table"><c>floor</c> or <c>department</c>.</param>
    /// <param name="number">The one it gets where it is new; null for the next.</param>
    public static async Task<int> NamedAsync(this SqlSession session, string table, string text, int? number = null)
    {
        var column = table == "floor" ? "floor" : "department_name";
        if (await FindAsync() is { } known)
            return (int)known;
        var insert = number is null
            ? $"insert into {table} ({column}) values (@text) on conflict do nothing"
            : $"insert into {table} ({table}_id, {column}) values (@number, @text)";
        (string, object?)[] values = number is { } n ? [("text", text), ("number", n)] : [("text", text)];
        await session.ExecuteAsync(insert, values);
        return (int)(await FindAsync())!;

        Task<long?> FindAsync() =>
            session.NumberAsync($"select {table}_id from {table} where {column} = @text", ("text", text));
    }
}
