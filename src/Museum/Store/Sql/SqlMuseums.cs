using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

internal sealed class SqlMuseums(SqlDatabase database) : IMuseums
{
    internal const string Columns = "museum_id, code, museum_name, topic, prefix, opens, closes, time_zone";

    /// <summary>What keeps a museum from being removed.</summary>
    private static readonly (string Table, string What)[] Dependents =
    [
        ("exhibition", "exhibitions"),
        ("source", "sources in the ledger"),
        ("quarantine", "quarantined records"),
        ("kafka_offset", "partitions of its topic"),
    ];

    internal static Museum Read(Row r) =>
        new(r.Int(), r.Text(), r.Text(), r.Text(), r.Text(), r.TimeOfDay(), r.TimeOfDay(), r.Text());

    public async Task<IReadOnlyList<Museum>> ListAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(
            session => session.ReadAsync($"select {Columns} from museum order by museum_id", Read),
            cancel
        );

    public Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel)
    {
        const string Exhibitions = """
            select exhibition_id, museum_id, public_id, site, exhibition_name from exhibition
            where museum_id = @museum order by public_id
            """;
        return database.ConnectedAsync(
            async session => new Vocabulary(
                await session.OneAsync(
                    $"select {Columns} from museum where museum_id = @museum",
                    Read,
                    ("museum", museumId)
                ),
                await session.ReadAsync(
                    Exhibitions,
                    r => new Exhibition(r.Int(), r.Int(), r.Text(), r.Text(), r.Text()),
                    ("museum", museumId)
                ),
                await TypesAsync(session, "rating"),
                await TypesAsync(session, "support")
            ),
            cancel
        );
    }

    private static Task<List<PressType>> TypesAsync(SqlSession session, string kind) =>
        session.ReadAsync(
            $"select {kind}_type_id, {kind}_type_value, {kind}_description from {kind}_type order by 2",
            r => new PressType(r.Short(), r.Int(), r.Text())
        );

    public Task<Museum> AddAsync(MuseumFacts facts, CancellationToken cancel)
    {
        const string Insert = $"""
            insert into museum (code, museum_name, topic, prefix, opens, closes, time_zone)
            values (@code, @name, @topic, @prefix, @opens, @closes, @zone)
            returning {Columns}
            """;
        facts.Check();
        return database.TransactAsync(
            async session =>
            {
                await RefuseRivalsAsync(session, facts, 0);
                return await session.OneAsync(Insert, Read, Parameters(facts));
            },
            cancel
        );
    }

    public Task<(Museum Museum, Change Change)> ChangeAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    )
    {
        const string Update = $"""
            update museum set code = @code, museum_name = @name, topic = @topic, prefix = @prefix, opens = @opens,
                closes = @closes, time_zone = @zone
            where museum_id = @id
            returning {Columns}
            """;
        return database.TransactAsync(
            async session =>
            {
                var museum = await HoldAsync(session, code);
                var before = new MuseumFacts(
                    museum.Code,
                    museum.Name,
                    museum.Topic,
                    museum.Prefix,
                    museum.Opens,
                    museum.Closes,
                    museum.TimeZone
                );
                var facts = change(before);
                if (facts == before)
                    return (museum, Change.Unchanged);
                facts.Check();
                await RefuseRivalsAsync(session, facts, museum.Id);
                return (
                    await session.OneAsync(Update, Read, [.. Parameters(facts), ("id", museum.Id)]),
                    Change.Changed
                );
            },
            cancel
        );
    }

    public Task<Museum> RemoveAsync(string code, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                var museum = await HoldAsync(session, code);
                var has = new List<string>();
                foreach (var (table, what) in Dependents)
                {
                    var count = await session.NumberAsync(
                        $"select count(*) from {table} where museum_id = @id",
                        ("id", museum.Id)
                    );
                    if (count > 0)
                        has.Add($"{count} {what}");
                }

                if (has.Count > 0)
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"{museum.Code} was not removed: it has {string.Join(", ", has)}, and a museum can be "
                            + $"removed only "
                            + $"when nothing refers to it"
                    );
                await session.ExecuteAsync("delete from museum where museum_id = @id", ("id", museum.Id));
                return museum;
            },
            cancel
        );

    /// <summary>The museum's row, locked so that nothing can refer to it meanwhile.</summary>
    private static async Task<Museum> HoldAsync(SqlSession session, string code)
    {
        var found = await session.ReadAsync(
            $"select {Columns} from museum where lower(code) = lower(@code){session.Dialect.ForUpdate}",
            Read,
            ("code", code)
        );
        if (found.Count > 0)
            return found[0];
        var known = await session.ReadAsync("select code from museum order by museum_id", r => r.Text());
        throw new MuseumException(
            ExitCode.Usage,
            $"no museum has the code '{code}'; "
                + $"{(known.Count is 0 ? "there is none at all: museum museums add adds one" : $"known: {string.Join(", ", known)}")}"
        );
    }

    /// <summary>The database would refuse these too, but could not say to whom they belong.</summary>
    private static async Task RefuseRivalsAsync(SqlSession session, MuseumFacts facts, int own)
    {
        const string Rivals = $"""
            select {Columns} from museum
            where museum_id <> @own and (lower(code) = lower(@code) or topic = @topic or prefix = @prefix)
            order by museum_id
            """;
        var rivals = await session.ReadAsync(
            Rivals,
            Read,
            ("own", own),
            ("code", facts.Code),
            ("topic", facts.Topic),
            ("prefix", facts.Prefix)
        );
        if (rivals.Count == 0)
            return;
        var rival = rivals[0];
        var (what, value) =
            string.Equals(rival.Code, facts.Code, StringComparison.OrdinalIgnoreCase) ? ("code", rival.Code)
            : rival.Topic == facts.Topic ? ("topic", rival.Topic)
            : ("prefix", rival.Prefix);
        throw new MuseumException(
            ExitCode.Usage,
            $"the {what} '{value}' is taken by {rival.Code}, {rival.Name}; expected one of its own for each museum"
        );
    }

    private static (string, object?)[] Parameters(MuseumFacts facts) =>
        [
            ("code", facts.Code),
            ("name", facts.Name),
            ("topic", facts.Topic),
            ("prefix", facts.Prefix),
            ("opens", facts.Opens),
            ("closes", facts.Closes),
            ("zone", facts.TimeZone),
        ];

    public Task<string?> ContradictionAsync(
        int museumId,
        ExhibitionFacts facts,
        string place,
        CancellationToken cancel
    ) =>
        database.ConnectedAsync(
            session => new ExhibitionPlace(session, museumId, place).ContradictionAsync(facts),
            cancel
        );

    public Task<Change> UpsertExhibitionAsync(
        int museumId,
        ExhibitionFacts facts,
        string? place,
        CancellationToken cancel
    ) => database.TransactAsync(session => new ExhibitionRow(session, museumId, facts, place).UpsertAsync(), cancel);
}
