using System.Data.Common;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>
/// What both databases do in the same words: one SQL text for each question. Where their dialects part (connecting,
/// claiming, bulk
/// writing, times), the two stores below say how.
/// </summary>
public abstract partial class SqlStore(string target, TimeProvider clock)
{
    public string Target { get; } = target;

    public abstract string Describe { get; }

    public abstract int Writers { get; }

    /// <summary>Folder of the migrations among the program's resources.</summary>
    protected abstract string Dialect { get; }

    /// <summary>Added to a select that must hold its row until the transaction ends.</summary>
    protected abstract string ForUpdate { get; }

    protected internal DateTimeOffset Now => clock.GetUtcNow();

    public abstract Task<string> PingAsync(CancellationToken cancel);

    public virtual Task<string?> WhyWaitingAsync(CancellationToken cancel) => Task.FromResult<string?>(null);

    public abstract Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();

    protected abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    /// <summary>The connection a claim stands on: claim and transaction live and die together.</summary>
    protected abstract DbConnection ConnectionOf(Claim claim);

    /// <summary>A transaction that may write at once, without being refused half-way.</summary>
    protected abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>Whatever the driver threw, as one of the contract's errors.</summary>
    protected internal abstract Exception Translate(Exception exception);

    /// <summary>The type of a column of bytes.</summary>
    protected abstract string BytesType { get; }

    /// <summary>An instant as the database takes it.</summary>
    protected internal abstract object TimeValue(DateTimeOffset time);

    protected abstract object DateValue(DateOnly day);

    /// <summary>Opens a connection, works, and translates what goes wrong.</summary>
    protected async Task<T> WithConnectionAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            await using var connection = await OpenAsync(cancel);
            return await work(connection);
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
    }

    /// <summary>The same inside one transaction.</summary>
    protected Task<T> WithTransactionAsync<T>(
        Func<DbConnection, DbTransaction, Task<T>> work,
        CancellationToken cancel
    ) =>
        WithConnectionAsync(
            async connection =>
            {
                await using var transaction = await BeginWriteAsync(connection, cancel);
                var result = await work(connection, transaction);
                await transaction.CommitAsync(cancel);
                return result;
            },
            cancel
        );

    /// <summary>Faults of the database or of the way to it, as against our own.</summary>
    protected internal static bool IsDriverFault(Exception exception) =>
        exception is DbException or IOException or TimeoutException or System.Net.Sockets.SocketException;

    protected internal static DbCommand Command(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this folder; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    protected static async Task<int> ExecuteAsync(DbCommand command, CancellationToken cancel)
    {
        await using (command)
            return await command.ExecuteNonQueryAsync(cancel);
    }

    protected static async Task<long?> NumberAsync(DbCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            var value = await command.ExecuteScalarAsync(cancel);
            return value is null or DBNull ? null : Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }
    }

    protected static async Task<List<T>> ReadAsync<T>(
        DbCommand command,
        Func<DbDataReader, T> row,
        CancellationToken cancel
    )
    {
        var rows = new List<T>();
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                rows.Add(row(reader));
        }

        return rows;
    }

    protected static DateTimeOffset? ReadTime(DbDataReader reader, int column) =>
        reader.GetValue(column) switch
        {
            DBNull => null,
            DateTime time => StoredInstants.Within(new DateTimeOffset(time, TimeSpan.Zero)),
            string text => StoredInstants.Within(
                DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            ),
            var other => throw new InvalidOperationException($"a time came back as {other.GetType()}"),
        };

    protected static string? ReadText(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    protected static byte[]? ReadBytes(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : (byte[])reader.GetValue(column);

    protected static Counts ReadCounts(DbDataReader reader, int column) =>
        new(
            reader.GetInt64(column),
            reader.GetInt64(column + 1),
            reader.GetInt64(column + 2),
            reader.GetInt64(column + 3),
            reader.GetInt64(column + 4),
            reader.GetInt64(column + 5),
            reader.GetInt64(column + 6)
        );

    /// <summary>Stored words are the enum's names in small letters.</summary>
    protected static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    protected static T ParseWord<T>(string word)
        where T : struct, Enum => Enum.Parse<T>(word, ignoreCase: true);

    public async Task<IReadOnlyList<Museum>> MuseumsAsync(CancellationToken cancel) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        "select museum_id, code, museum_name, topic, prefix, opens, closes, time_zone from museum "
                            + "order by museum_id"
                    ),
                    ReadMuseum,
                    cancel
                ),
            cancel
        );

    public Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
            {
                var museums = await ReadAsync(
                    Command(
                        connection,
                        null,
                        "select museum_id, code, museum_name, topic, prefix, opens, closes, time_zone from museum "
                            + "where museum_id = @museum",
                        ("museum", museumId)
                    ),
                    ReadMuseum,
                    cancel
                );
                var exhibitions = await ReadAsync(
                    Command(
                        connection,
                        null,
                        "select exhibition_id, museum_id, public_id, site, exhibition_name from exhibition where "
                            + "museum_id = @museum order by public_id",
                        ("museum", museumId)
                    ),
                    r => new Exhibition(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3), r.GetString(4)),
                    cancel
                );
                var ratings = await ReadAsync(
                    Command(
                        connection,
                        null,
                        "select rating_type_id, rating_type_value, rating_description from rating_type order by 2"
                    ),
                    ReadPressType,
                    cancel
                );
                var support = await ReadAsync(
                    Command(
                        connection,
                        null,
                        "select support_type_id, support_type_value, support_description from support_type order by 2"
                    ),
                    ReadPressType,
                    cancel
                );
                return new Vocabulary(museums.Single(), exhibitions, ratings, support);
            },
            cancel
        );

    private static PressType ReadPressType(DbDataReader r) => new(r.GetInt16(0), r.GetInt32(1), r.GetString(2));

    private static Museum ReadMuseum(DbDataReader r) =>
        new(
            r.GetInt32(0),
            r.GetString(1),
            r.GetString(2),
            r.GetString(3),
            r.GetString(4),
            ReadTimeOfDay(r.GetValue(5)),
            ReadTimeOfDay(r.GetValue(6)),
            r.GetString(7)
        );

    private static TimeOnly ReadTimeOfDay(object value) =>
        value switch
        {
            TimeOnly time => time,
            TimeSpan time => TimeOnly.FromTimeSpan(time),
            _ => TimeOnly.Parse((string)value, CultureInfo.InvariantCulture),
        };

    public Task<Change> UpsertExhibitionAsync(int museumId, ExhibitionFacts facts, CancellationToken cancel) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                var rival = await ReadAsync(
                    Command(
                        connection,
                        transaction,
                        "select public_id from exhibition where museum_id = @museum and site = @site and "
                            + "public_id <> @id",
                        ("museum", museumId),
                        ("site", facts.Site),
                        ("id", facts.PublicId)
                    ),
                    r => r.GetString(0),
                    cancel
                );
                if (rival.Count > 0)
                    throw new ExhibitionConflictException(
                        $"EXHIBITION_ID: found \"{facts.PublicId}\", but site {facts.Site} is already {rival[0]}; "
                            + $"expected one public id a site"
                    );

                (string, object?)[] values =
                [
                    ("museum", museumId),
                    ("id", facts.PublicId),
                    ("site", facts.Site),
                    ("name", facts.Name),
                    ("start", DateValue(facts.StartDate)),
                    ("description", facts.Description),
                    ("floor", await IdOfAsync(connection, transaction, "floor", "floor", facts.Floor, cancel)),
                    (
                        "department",
                        await IdOfAsync(
                            connection,
                            transaction,
                            "department",
                            "department_name",
                            facts.Department,
                            cancel
                        )
                    ),
                ];
                const string Insert = """
                    insert into exhibition (museum_id, public_id, site, exhibition_name, exhibition_start_date, exhibition_description, floor_id, department_id)
                    values (@museum, @id, @site, @name, @start, @description, @floor, @department)
                    on conflict (museum_id, public_id) do nothing
                    """;
                if (await ExecuteAsync(Command(connection, transaction, Insert, values), cancel) == 1)
                    return Change.Created;
                const string Update = """
                    update exhibition
                    set exhibition_name = @name, exhibition_start_date = @start, exhibition_description = @description, floor_id = @floor, department_id = @department
                    where museum_id = @museum and public_id = @id
                      and not (exhibition_name = @name and exhibition_start_date = @start and exhibition_description = @description
                               and floor_id = @floor and department_id = @department)
                    """;
                return await ExecuteAsync(Command(connection, transaction, Update, values), cancel) == 1
                    ? Change.Changed
                    : Change.Unchanged;
            },
            cancel
        );

    private static async Task<int> IdOfAsync(
        DbConnection connection,
        DbTransaction transaction,
        string table,
        string column,
        string text,
        CancellationToken cancel
    )
    {
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                $"insert into {table} ({column}) values (@text) on conflict do nothing",
                ("text", text)
            ),
            cancel
        );
        return (int)
            (
                await NumberAsync(
                    Command(
                        connection,
                        transaction,
                        $"select {table}_id from {table} where {column} = @text",
                        ("text", text)
                    ),
                    cancel
                )
            )!;
    }
}
