using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Export;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Targets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Retention;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Export;

/// <summary>The samples, whose presses are of March and April 2024, and what takes March out of the tables.</summary>
public abstract class RetainBed(Func<Task<TestStore>> create) : StoreContract(create)
{
    private protected static readonly DateTimeOffset April = new(2024, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private protected static readonly RetireLimits March = new(April, null);
    private protected static readonly OperatorMove Ann = new("ann", "test", "");

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("museum-retain-");

    private protected MuseumStore Store => Database.Store;

    private protected string Bucket => Path.Combine(directory.FullName, "bucket");

    private protected string Files => Path.Combine(directory.FullName, "files");

    private protected string Object(int number) => Path.Combine(Bucket, $"lmnh_hist_data_{number}.csv");

    protected override async ValueTask BeginAsync()
    {
        await Store.Maintenance.MigrateAsync(CancellationToken.None);
        Directory.CreateDirectory(Bucket);
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "samples", "bucket")))
            File.Copy(file, Path.Combine(Bucket, Path.GetFileName(file)));
        await LoadAsync();
    }

    protected override ValueTask EndAsync()
    {
        directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private protected Task<RunReport> LoadAsync(MuseumStore? store = null, string? bucket = null) =>
        new Loader(
            store ?? Store,
            new FolderBucket(bucket ?? Bucket),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, CancellationToken.None);

    private protected Task<RetireReport> RetainAsync(
        RetireLimits? limits = null,
        ITarget? target = null,
        IRetention? retention = null,
        bool dryRun = false
    ) =>
        new Retirer(
            Store.Export,
            retention ?? Store.Retention,
            target ?? new FolderTarget(Files),
            TimeProvider.System,
            NullLogger.Instance
        ).RunAsync(limits ?? March, dryRun, Cancel);

    private protected Task<RetireReport> AwayAsync(RetireLimits limits) =>
        new Retirer(Store.Export, Store.Retention, null, TimeProvider.System, NullLogger.Instance).RunAsync(
            limits,
            dryRun: false,
            Cancel
        );

    private protected Task<VerifyReport> VerifyAsync() =>
        new Verifier(
            Store,
            new(
                CleaningRules.History,
                CleaningRules.Stream,
                TimeProvider.System,
                new(place => new FolderBucket(place), null, Path.GetTempPath())
            )
        ).RunAsync(Cancel);

    private protected async Task AssertTrueAsync()
    {
        var status = await Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        var verified = await VerifyAsync();
        Assert.True(verified.Wrong == 0, string.Join('\n', verified.Differences));
    }

    private protected Task<List<string>> PressesAsync(string where) =>
        Database.QueryAsync(
            $"""
            select rating_instance_id from rating_instance where rating_created_at {where}
            union all select support_instance_id from support_instance where instance_created_at {where}
            order by 1
            """
        );

    private protected static string BeforeApril => "< '2024-04-01T00:00:00.000000Z'";

    private protected static async Task<List<string>> HourlyAsync(TestStore database) =>
        [
            .. await database.QueryAsync(
                "select hour, exhibition_id, rating_type_id, presses from rating_hourly order by 1, 2, 3"
            ),
            .. await database.QueryAsync(
                "select hour, exhibition_id, support_type_id, presses from support_hourly order by 1, 2, 3"
            ),
        ];

    private protected List<string> Duck(string set, string columns)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests' own texts.
        command.CommandText = $"select {columns} from read_parquet('{Files}/{set}/**/*.parquet') order by 1";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }
}
