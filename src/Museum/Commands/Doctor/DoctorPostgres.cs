using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Postgres;
using Npgsql;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Checks one PostgreSQL database without changing anything in it.</summary>
internal sealed class DoctorPostgres(PostgresSettings settings, Session session)
{
    private const int OldestServer = 13;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TolerableSkew = TimeSpan.FromMinutes(1);

    // Which of our existing tables may not be read or written?
    private const string ForbiddenQuery = """
        select string_agg(c.relname, ', ' order by c.relname)
        from pg_class c
        where c.relnamespace = (select n.oid from pg_namespace n where n.nspname = current_schema()) and c.relkind in ('r', 'p')
          and c.relname in ('museum', 'floor', 'department', 'exhibition', 'rating_type', 'rating_instance', 'support_type', 'support_instance', 'source',
                            'run', 'run_source', 'quarantine', 'rating_hourly', 'support_hourly', 'schema_migration')
          and not (has_table_privilege(c.oid, 'select')
                   and (c.relname in ('museum', 'rating_type', 'support_type', 'schema_migration') or has_table_privilege(c.oid, 'insert')))
        """;

    private const string FactsQuery = """
        select current_setting('server_version_num')::int / 10000, current_setting('server_version'), coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
               current_setting('transaction_read_only') = 'on', clock_timestamp(), current_schema()::text,
               coalesce(has_schema_privilege(current_schema(), 'create'), false), to_regclass('schema_migration') is not null
        """;

    private string Name => settings.Target;

    public async Task<IReadOnlyList<Check>> ExamineAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await using var looking = settings.CreateDataSource(schema: settings.Schema);
            var (schema, foreign) = await SchemaAsync(looking, patience.Token);
            if (foreign is not null)
                return [Check.Wrong(Name, ExitCode.Configuration, foreign.Found, foreign.Fix, foreign.Settings)];
            await using var source = settings.CreateDataSource(schema: schema);
            await using var connection = await source.OpenConnectionAsync(patience.Token);
            var checks = await ExamineAsync(connection, patience.Token);
            return await PostgresPooler.FindAsync(source, patience.Token) is { } pooler
                ?
                [
                    Check.Wrong(
                        Name,
                        ExitCode.Configuration,
                        $"{settings.Describe}: {pooler.Found}",
                        pooler.Fix,
                        settings.Key("HOST")
                    ),
                ]
                : checks;
        }
        catch (Exception e)
            when (e
                    is NpgsqlException
                        or OperationCanceledException
                        or IOException
                        or System.Net.Sockets.SocketException
                && !cancel.IsCancellationRequested
            )
        {
            var explanation =
                await DoctorCertificate.ExamineAsync(settings, e, cancel)
                ?? PostgresFault.Of(e, settings.Target, settings.ConnectionString());
            return [Check.Wrong(Name, ExitCode.Service, explanation.Found, explanation.Fix, explanation.Settings)];
        }
    }

    /// <summary>Where our tables are or would be; or whose are in the way.</summary>
    private async Task<(string? Schema, Explanation? Foreign)> SchemaAsync(
        NpgsqlDataSource source,
        CancellationToken cancel
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var there = await PostgresSchemas.LookAsync(connection, settings.Schema, cancel);
        if (settings.Schema is null && !there.Ours && there.OursBeside)
            return (PostgresConnections.OwnSchema, null);
        return there.Foreign.Length == 0
            ? (settings.Schema, null)
            : (
                null,
                PostgresSchemas.InTheWay(settings.Schema ?? there.Schema ?? PostgresConnections.Public, there.Foreign)
            );
    }

    private async Task<IReadOnlyList<Check>> ExamineAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var facts = await ReadFactsAsync(connection, cancel);
        List<Check> checks = [];
        if (facts.Major < OldestServer)
        {
            checks.Add(
                Check.Wrong(
                    Name,
                    ExitCode.Service,
                    $"PostgreSQL {facts.Version} is too old; expected {OldestServer} or newer",
                    $"let {settings.Key("HOST")} name a newer server",
                    settings.Key("HOST")
                )
            );
        }
        if (facts.ReadOnly)
        {
            checks.Add(
                Check.Wrong(
                    Name,
                    ExitCode.Service,
                    $"{settings.Describe} is read-only: a standby, or set so",
                    $"let {settings.Key("HOST")} name the primary",
                    settings.Key("HOST")
                )
            );
        }
        checks.AddRange(await PermissionsAsync(connection, facts, cancel));
        if (!facts.Encrypted && settings.Target == DatabaseSettings.Aws)
        {
            checks.Add(
                Check.Doubtful(
                    Name,
                    "the connection is not encrypted",
                    $"set {settings.Key("SSL_MODE")}=verify-full",
                    settings.Key("SSL_MODE")
                )
            );
        }
        var skew = facts.Now - session.Clock.GetUtcNow();
        if (skew.Duration() > TolerableSkew)
        {
            checks.Add(
                Check.Doubtful(
                    Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"this machine's clock and the server's are {skew.Duration().TotalSeconds:0} s apart"
                    ),
                    "set the clocks"
                )
            );
        }
        return checks.Exists(c => c.State == CheckState.Wrong) ? checks : [Check.Fine(Name, Healthy(facts)), .. checks];
    }

    private string Healthy(ServerFacts facts)
    {
        var encryption = facts.Encrypted ? "encrypted" : "not encrypted";
        var tables = facts.HasTables
            ? "may read and write"
            : "no tables yet; museum db migrate or the first load creates them";
        var schema = facts.Schema is null or PostgresConnections.Public ? "" : $", schema {facts.Schema}";
        return $"PostgreSQL {facts.Version} at {settings.Server}{schema}, {encryption}; {tables}";
    }

    private async Task<IReadOnlyList<Check>> PermissionsAsync(
        NpgsqlConnection connection,
        ServerFacts facts,
        CancellationToken cancel
    )
    {
        var user = settings.Username;
        var schema = facts.Schema ?? "public";
        if (!facts.HasTables)
        {
            return facts.MayCreate
                ? []
                :
                [
                    Check.Wrong(
                        Name,
                        ExitCode.Service,
                        $"the user {user} may not create tables in the schema {schema} of {settings.Name}",
                        $"as the owner: grant usage, create on schema {schema} to {user}; or run museum db "
                            + $"migrate as a user who may",
                        settings.Key("USERNAME")
                    ),
                ];
        }
        await using var command = new NpgsqlCommand(ForbiddenQuery, connection);
        return await command.ExecuteScalarAsync(cancel) is string { Length: > 0 } tables
            ?
            [
                Check.Wrong(
                    Name,
                    ExitCode.Service,
                    $"the user {user} may not read and add rows in: {tables}",
                    $"as the owner: grant select, insert, update, delete on all tables in schema {schema} to {user}",
                    settings.Key("USERNAME")
                ),
            ]
            : [];
    }

    private static async Task<ServerFacts> ReadFactsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(FactsQuery, connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new(
            row.GetInt32(0),
            row.GetString(1),
            row.GetBoolean(2),
            row.GetBoolean(3),
            row.GetFieldValue<DateTimeOffset>(4),
            row.IsDBNull(5) ? null : row.GetString(5),
            row.GetBoolean(6),
            row.GetBoolean(7)
        );
    }

    private sealed record ServerFacts(
        int Major,
        string Version,
        bool Encrypted,
        bool ReadOnly,
        DateTimeOffset Now,
        string? Schema,
        bool MayCreate,
        bool HasTables
    );
}
