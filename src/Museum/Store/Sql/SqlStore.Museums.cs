using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Adding, changing and removing museums.</summary>
public abstract partial class SqlStore
{
    private const string MuseumColumns = "museum_id, code, museum_name, topic, prefix, opens, closes, time_zone";

    /// <summary>What keeps a museum from being removed.</summary>
    private static readonly (string Table, string What)[] Dependents =
    [
        ("exhibition", "exhibitions"),
        ("source", "sources in the ledger"),
        ("quarantine", "quarantined records"),
        ("kafka_offset", "partitions of its topic"),
    ];

    public Task<Museum> AddMuseumAsync(MuseumFacts facts, CancellationToken cancel)
    {
        const string Insert = $"""
            insert into museum (code, museum_name, topic, prefix, opens, closes, time_zone)
            values (@code, @name, @topic, @prefix, @opens, @closes, @zone)
            returning {MuseumColumns}
            """;
        facts.Check();
        return WithTransactionAsync(
            async (connection, transaction) =>
            {
                await RefuseRivalsAsync(connection, transaction, facts, 0, cancel);
                return (
                    await ReadAsync(Command(connection, transaction, Insert, Parameters(facts)), ReadMuseum, cancel)
                ).Single();
            },
            cancel
        );
    }

    public Task<(Museum Museum, Change Change)> ChangeMuseumAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    )
    {
        const string Update = $"""
            update museum set code = @code, museum_name = @name, topic = @topic, prefix = @prefix, opens = @opens, closes = @closes, time_zone = @zone
            where museum_id = @id
            returning {MuseumColumns}
            """;
        return WithTransactionAsync(
            async (connection, transaction) =>
            {
                var museum = await HoldMuseumAsync(connection, transaction, code, cancel);
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
                await RefuseRivalsAsync(connection, transaction, facts, museum.Id, cancel);
                var changed = await ReadAsync(
                    Command(connection, transaction, Update, [.. Parameters(facts), ("id", museum.Id)]),
                    ReadMuseum,
                    cancel
                );
                return (changed.Single(), Change.Changed);
            },
            cancel
        );
    }

    public Task<Museum> RemoveMuseumAsync(string code, CancellationToken cancel) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                var museum = await HoldMuseumAsync(connection, transaction, code, cancel);
                var has = new List<string>();
                foreach (var (table, what) in Dependents)
                {
                    var count =
                        await NumberAsync(
                            Command(
                                connection,
                                transaction,
                                $"select count(*) from {table} where museum_id = @id",
                                ("id", museum.Id)
                            ),
                            cancel
                        ) ?? 0;
                    if (count > 0)
                        has.Add($"{count} {what}");
                }

                if (has.Count > 0)
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"{museum.Code} was not removed: it has {string.Join(", ", has)}, and a museum goes only "
                            + $"when nothing hangs on it"
                    );
                await ExecuteAsync(
                    Command(connection, transaction, "delete from museum where museum_id = @id", ("id", museum.Id)),
                    cancel
                );
                return museum;
            },
            cancel
        );

    /// <summary>The museum's row, held so that nothing can be hung on it meanwhile.</summary>
    private async Task<Museum> HoldMuseumAsync(
        DbConnection connection,
        DbTransaction transaction,
        string code,
        CancellationToken cancel
    )
    {
        var found = await ReadAsync(
            Command(
                connection,
                transaction,
                $"select {MuseumColumns} from museum where lower(code) = lower(@code){ForUpdate}",
                ("code", code)
            ),
            ReadMuseum,
            cancel
        );
        if (found.Count > 0)
            return found[0];
        var known = await ReadAsync(
            Command(connection, transaction, "select code from museum order by museum_id"),
            r => r.GetString(0),
            cancel
        );
        throw new MuseumException(
            ExitCode.Usage,
            $"no museum has the code '{code}'; "
                + $"{(known.Count is 0 ? "there is none at all: museum museums add adds one" : $"known: {string.Join(", ", known)}")}"
        );
    }

    /// <summary>The database would refuse them too, but could not say whose they are.</summary>
    private static async Task RefuseRivalsAsync(
        DbConnection connection,
        DbTransaction transaction,
        MuseumFacts facts,
        int own,
        CancellationToken cancel
    )
    {
        const string Rivals = $"""
            select {MuseumColumns} from museum
            where museum_id <> @own and (lower(code) = lower(@code) or topic = @topic or prefix = @prefix)
            order by museum_id
            """;
        var rivals = await ReadAsync(
            Command(
                connection,
                transaction,
                Rivals,
                ("own", own),
                ("code", facts.Code),
                ("topic", facts.Topic),
                ("prefix", facts.Prefix)
            ),
            ReadMuseum,
            cancel
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
}
