using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Store.Sqlite;

namespace MuseumPipeline.Commands;

/// <summary>The only place where settings become stores and buckets.</summary>
public static class Connections
{
    /// <summary>Of the dashboard: a server has a hundred by default, and loads need theirs too. Questions take fewer
    /// (<c>Serve/Security/Limits</c>), so that an acknowledgement always finds one.</summary>
    private const int ServedConnections = 40;

    public static MuseumStore OpenStore(DatabaseSettings database, TimeProvider clock) =>
        database switch
        {
            EmbeddedSettings embedded => OpenEmbedded(embedded, clock),
            PostgresSettings postgres => OpenPostgres(postgres, clock, PostgresSettings.CommandSeconds),
            _ => throw new ArgumentOutOfRangeException(
                nameof(database),
                database.Target,
                "no store stands for this target"
            ),
        };

    /// <summary>Its file is this user's before SQLite opens it; the two beside it take its mode.</summary>
    private static MuseumStore OpenEmbedded(EmbeddedSettings embedded, TimeProvider clock)
    {
        RefusePlanted(embedded);
        string?[] warnings =
        [
            OwnFile.Keep(embedded.Path, embedded.FileMode),
            .. ((string[])["-wal", "-shm"]).Select(end => OwnFile.Narrow(embedded.Path + end, embedded.FileMode)),
        ];
        if (Array.Find(warnings, w => w is not null) is { } warning)
            Console.Error.WriteLine(SafeText.Of($"warning: {warning}"));
        return SqliteStore.Open(embedded.Path, clock);
    }

    /// <summary>For the stream.</summary>
    public static MuseumStore OpenLiveStore(Session session) =>
        session.Settings.Database is PostgresSettings postgres
            ? OpenPostgres(postgres, session.Clock, PostgresSettings.LiveCommandSeconds)
            : OpenStore(session);

    /// <summary>For whoever takes over tables that are in the way: ours are made beside them.</summary>
    public static MuseumStore OpenBeside(Session session) =>
        session.Settings.Database is PostgresSettings postgres
            ? PostgresStore.Open(
                postgres.Target,
                postgres.CreateDataSource(),
                session.Clock,
                schema: Schema(postgres) with
                {
                    Beside = true,
                }
            )
            : OpenStore(session);

    private static MuseumStore OpenPostgres(PostgresSettings postgres, TimeProvider clock, int commandSeconds) =>
        PostgresStore.Open(
            postgres.Target,
            postgres.CreateDataSource(commandSeconds),
            clock,
            schema: Schema(postgres, commandSeconds)
        );

    internal static SchemaChoice Schema(
        PostgresSettings postgres,
        int commandSeconds = PostgresSettings.CommandSeconds
    ) => new(postgres.Schema, schema => postgres.CreateDataSource(commandSeconds, schema));

    public static MuseumStore OpenStore(Session session) => OpenStore(session.Settings.Database, session.Clock);

    /// <summary>A database that is there, to be asked: it is neither made nor changed.</summary>
    public static MuseumStore OpenReadOnly(DatabaseSettings database, TimeProvider clock)
    {
        if (database is not EmbeddedSettings embedded)
            return OpenStore(database, clock);
        RefusePlanted(embedded);
        return SqliteStore.OpenReadOnly(embedded.Path, clock);
    }

    // SQLite believes what lies beside the file.
    private static void RefusePlanted(EmbeddedSettings embedded)
    {
        foreach (var end in (string[])["", "-wal", "-shm", "-journal"])
            OwnFile.RefusePlanted(embedded.Path + end);
    }

    /// <summary>The same whatever its schema is.</summary>
    /// <exception cref="MuseumException">There is none.</exception>
    public static MuseumStore OpenExisting(Session session) =>
        session.Settings.Database is EmbeddedSettings { Path: var path } && !File.Exists(path)
            ? throw new MuseumException(
                ExitCode.Configuration,
                $"there is no database {path} yet: museum load -b BUCKET creates it, or MUSEUM_DATABASE or --target "
                    + $"names another one"
            )
        : session.Writes ? OpenStore(session)
        : OpenReadOnly(session.Settings.Database, session.Clock);

    /// <summary>For every command that does not migrate: a database with the schema that this program knows.</summary>
    /// <exception cref="MuseumException">There is none, or its schema is another one.</exception>
    public static Task<MuseumStore> OpenCurrentAsync(Session session, CancellationToken cancel) =>
        CurrentAsync(session, OpenExisting(session), cancel);

    /// <summary>The same for the dashboard.</summary>
    public static Task<MuseumStore> OpenServedAsync(Session session, CancellationToken cancel) =>
        CurrentAsync(
            session,
            session.Settings.Database is PostgresSettings postgres
                ? OpenStore(postgres with { MostConnections = ServedConnections }, session.Clock)
                : OpenExisting(session),
            cancel
        );

    private static async Task<MuseumStore> CurrentAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        try
        {
            var (version, needed) = await store.Maintenance.SchemaAsync(cancel);
            if (version != needed)
                throw OtherSchema(session.Settings.Database.Describe, session.Command("db migrate"), version, needed);
            if (session.Writes)
                await store.Maintenance.CheckServerAsync(cancel);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <param name="migrate">The command that brings it up to date.</param>
    internal static MuseumException OtherSchema(string database, string migrate, long version, long needed)
    {
        var found = version == 0 ? "no tables of ours" : $"schema version {version}";
        return new(
            ExitCode.Configuration,
            new Explanation(
                $"{database}: found {found}",
                [],
                version > needed ? "use the newer program that made it" : $"run {migrate}"
            )
            {
                Expected = $"version {needed}",
            }
        );
    }

    /// <summary>The configured bucket or directory; the command requires one.</summary>
    public static IBucket OpenBucket(Session session) =>
        Bucket.Parse(
            session.Settings.Bucket!,
            S3(session.Settings),
            session.Clock,
            session.Log,
            session.Has(Options.Recursive),
            session.Hashes
        );

    public static Loader CreateLoader(Session session, MuseumStore store, IBucket bucket) =>
        new(store, bucket, Loading(session), session.Log);

    public static Replayer CreateReplayer(Session session, MuseumStore store) =>
        new(store, Loading(session), session.Log);

    /// <summary>The most that an unsorted object may collect for one commit: some ten seconds of work.</summary>
    private const int MostSlices = 16;

    public static LoadOptions Loading(Session session)
    {
        var settings = session.Settings;
        return new(
            CleaningRules.History with
            {
                OpeningHours = settings.OpeningHours,
                ClockSkew = settings.FutureTolerance,
                Past = settings.Past,
            },
            session.Clock
        )
        {
            Stream = StreamRules(settings),
            SliceRecords = settings.SliceRows ?? LoadOptions.UsualSliceRecords,
            MostSlices = settings.SliceRows is null ? MostSlices : 1,
            Breaker = settings.Breaker,
            Workers = settings.Workers ?? 0,
            Again = session.Has(Options.Again),
            RenameExhibitions = session.Has(Options.RenameExhibitions),
            SpoolDirectory = Spool(settings),
        };
    }

    public static StreamOptions Streaming(Session session) =>
        new(StreamRules(session.Settings), session.Clock)
        {
            Breaker = session.Settings.Breaker,
            Again = session.Has(Options.Again),
        };

    private static CleaningRules StreamRules(MuseumSettings settings) =>
        CleaningRules.Stream with
        {
            ClockSkew = settings.FutureTolerance,
            Past = settings.Past,
            ClockTolerance = TimeSpan.FromMinutes(settings.ClockMinutes),
            OffsetRequired = !settings.StreamLocalTime,
        };

    /// <summary>Where the records of sources can be read again. Names in a place may have folders.</summary>
    /// <param name="brokers">Settings that name brokers, if there are any.</param>
    internal static RecordPlaces Records(Session session, MuseumSettings? brokers) =>
        new(
            location => Bucket.Parse(location, S3(session.Settings), session.Clock, session.Log, recursive: true),
            brokers?.Kafka is { } kafka ? new KafkaClients(kafka, session.Log, brokers.Redactor) : null,
            Spool(session.Settings)
        );

    /// <summary>Where what can be read only once is kept while it is read.</summary>
    internal static string Spool(MuseumSettings settings) => settings.SpoolDirectory ?? Path.GetTempPath();

    public static S3Settings S3(MuseumSettings settings) =>
        new()
        {
            AccessKey = settings.Keys?.Id.Reveal(),
            SecretKey = settings.Keys?.SecretKey.Reveal(),
            SessionToken = settings.Keys?.Token?.Reveal(),
            Region = settings.Region,
            Endpoint = settings.Endpoint,
            PathStyle = settings.PathStyle,
            AllowPlainHttp = settings.AllowPlainHttp,
            SpoolDirectory = Spool(settings),
        };
}
