using MuseumPipeline.Bench.Servers;

namespace MuseumPipeline.Bench;

/// <summary>History into a database: museum's way, and a plain <c>\copy</c> of the same rows.</summary>
internal sealed class Loads(Plan plan, Workspace workspace)
{
    public const string CleanRatings = "clean-ratings.txt",
        CleanSupport = "clean-support.txt";

    /// <summary>Whose rows lie in the files for <c>\copy</c>.</summary>
    private string? exported;

    public async Task<Finished> LoadPostgresAsync(
        PostgresServer server,
        string bucket,
        long rows,
        Func<string, IReadOnlyDictionary<string, string>> environment,
        CancellationToken cancel
    )
    {
        const string Database = "bench";
        await server.CreateMigratedAsync(Database, cancel);
        await server.SettleAsync(cancel);
        var finished = await workspace.LoadAsync(bucket, rows, environment(Database), cancel);
        await server.ExpectRowsAsync(Database, "public", rows, cancel);
        if (rows == plan.Rows)
            await ExportAsync(server, Database, bucket, cancel);
        await server.DropAsync(Database, cancel);
        return finished;
    }

    public async Task<Finished> CopyAsync(PostgresServer server, CancellationToken cancel)
    {
        const string Database = "rival";
        await server.CreateMigratedAsync(Database, cancel);
        await server.SettleAsync(cancel);
        var finished = await server.PsqlAsync(
            Database,
            [$@"\copy rating_instance from '{CleanRatings}'", $@"\copy support_instance from '{CleanSupport}'"],
            cancel
        );
        await server.ExpectRowsAsync(Database, "public", plan.Rows, cancel);
        await server.DropAsync(Database, cancel);
        return finished;
    }

    /// <summary>Only the load of the second version is timed.</summary>
    public async Task<Finished> ReplacePostgresAsync(PostgresServer server, CancellationToken cancel)
    {
        const string Database = "bench";
        var bucket = await FirstVersionAsync(server, Database, cancel);
        Put(await workspace.ShuffledBucketAsync(plan.Rows, cancel, seed: 2), bucket);
        await server.SettleAsync(cancel);
        var finished = await workspace.LoadAsync(bucket, plan.Rows, server.Environment(Database), cancel);
        await server.ExpectRowsAsync(Database, "public", plan.Rows, cancel);
        await ExportAsync(server, Database, bucket, cancel);
        await server.DropAsync(Database, cancel);
        return finished;
    }

    public async Task<Finished> ReplaceByCopyAsync(PostgresServer server, CancellationToken cancel)
    {
        const string Database = "rival";
        await FirstVersionAsync(server, Database, cancel);
        await server.SettleAsync(cancel);
        var source = await server.ScalarAsync(Database, "select max(source_id) from rating_instance", cancel);
        var rows = $"between {source}::bigint * 10000000000 and ({source}::bigint + 1) * 10000000000 - 1";
        // The new rows have a key of their own already: what is deleted must only be out of the tables.
        var finished = await server.PsqlAsync(
            Database,
            [
                "begin",
                $"delete from rating_instance where rating_instance_id {rows}",
                $"delete from support_instance where support_instance_id {rows}",
                $@"\copy rating_instance from '{CleanRatings}'",
                $@"\copy support_instance from '{CleanSupport}'",
                "commit",
            ],
            cancel
        );
        await server.ExpectRowsAsync(Database, "public", plan.Rows, cancel);
        await server.DropAsync(Database, cancel);
        return finished;
    }

    private async Task<string> FirstVersionAsync(PostgresServer server, string database, CancellationToken cancel)
    {
        var bucket = Directory.CreateDirectory(workspace.PathOf("replaced")).FullName;
        Put(await workspace.ShuffledBucketAsync(plan.Rows, cancel), bucket);
        await server.CreateMigratedAsync(database, cancel);
        await workspace.LoadAsync(bucket, plan.Rows, server.Environment(database), cancel);
        return bucket;
    }

    private static void Put(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Sorted by key, which is the order of the files, and the order that suits the key's index
    /// best.</summary>
    private async Task ExportAsync(PostgresServer server, string database, string bucket, CancellationToken cancel)
    {
        if (exported == bucket)
            return;
        await server.PsqlAsync(
            database,
            [
                $@"\copy (select * from rating_instance order by 1) to '{CleanRatings}'",
                $@"\copy (select * from support_instance order by 1) to '{CleanSupport}'",
            ],
            cancel
        );
        exported = bucket;
    }

    public async Task<Finished> LoadSqliteAsync(
        string bucket,
        long rows,
        CancellationToken cancel,
        Func<string, Task>? then = null
    )
    {
        var database = workspace.PathOf("museum.db");
        await workspace.SettleAsync(cancel);
        var finished = await workspace.LoadAsync(bucket, rows, Embedded(database), cancel);
        if (then is not null)
            await then(database);
        DeleteDatabase(database);
        return finished;
    }

    public static Dictionary<string, string> Embedded(string database) =>
        new() { ["MUSEUM_TARGET"] = "embedded", ["MUSEUM_DATABASE"] = database };

    public static void DeleteDatabase(string database)
    {
        foreach (var ending in (string[])["", "-wal", "-shm"])
            File.Delete(database + ending);
    }
}
