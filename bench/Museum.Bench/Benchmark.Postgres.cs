using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>Loads into PostgreSQL from a directory: sorted, unsorted and replaced.</summary>
internal sealed partial class Benchmark
{
    private async Task PostgresAsync(CancellationToken cancel)
    {
        Title(
            "PostgreSQL from a directory",
            "museum load BUCKET --json",
            @"psql -c ""\copy rating_instance from …"" -c ""\copy support_instance from …"""
        );
        var server = await workspace.PostgresAsync(cancel);
        var bucket = await workspace.BucketAsync(plan.Rows, cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => loads.LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
            () => loads.CopyAsync(server, cancel)
        );
        Compare("PostgreSQL from a directory", pairs, @"psql \copy", 1.0, @"PostgreSQL {0} × psql \copy");
    }

    private async Task UnsortedAsync(CancellationToken cancel)
    {
        await UnsortedAsync(1, "PostgreSQL, unsorted", "unsorted {0} ×", cancel);
        await UnsortedAsync(8, "PostgreSQL, 8 unsorted objects", "8 unsorted objects {0} ×", cancel);
    }

    private async Task UnsortedAsync(int objects, string what, string quote, CancellationToken cancel)
    {
        Title(
            $"PostgreSQL, objects in no order of time: {objects}",
            "museum load BUCKET --json",
            @"psql -c ""\copy rating_instance from …"" -c ""\copy support_instance from …"""
        );
        var server = await workspace.PostgresAsync(cancel);
        var bucket = await workspace.ShuffledBucketAsync(plan.Rows, cancel, objects: objects);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => loads.LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
            () => loads.CopyAsync(server, cancel)
        );
        Compare(what, pairs, @"psql \copy", 1.0, quote);
    }

    private async Task ReplacedAsync(CancellationToken cancel)
    {
        Title(
            "PostgreSQL, an object that replaces an earlier version",
            "museum load BUCKET --json, the earlier version loaded before",
            @"psql: begin, delete the earlier rows, \copy the new ones, commit"
        );
        var server = await workspace.PostgresAsync(cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => loads.ReplacePostgresAsync(server, cancel),
            () => loads.ReplaceByCopyAsync(server, cancel)
        );
        Compare("PostgreSQL, replaced", pairs, @"psql delete and \copy", 1.0, "replaced {0} ×");
    }
}
