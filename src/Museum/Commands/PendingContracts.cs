// Signatures of parts that arrive with other branches. Delete this file when they are in.
#pragma warning disable IDE0161, CA1801, IDE0060, CS9113
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using Npgsql;

namespace MuseumPipeline.Source
{
    public static class Bucket
    {
        public static IBucket Parse(string argument, S3Settings settings, TimeProvider clock, ILogger? log = null) => throw new NotSupportedException();
    }

    public static class BucketFiles
    {
        public static Task<IReadOnlyList<string>> GetBucketNamesAsync(S3Settings settings, TimeProvider clock, ILogger? log, CancellationToken cancel) =>
            throw new NotSupportedException();

        public static Task<IReadOnlyList<BucketObject>> GetBucketObjectsAsync(IBucket bucket, CancellationToken cancel) => bucket.ListAsync(cancel);

        public static Task<DownloadReport> DownloadAllFilesAsync(
            IBucket bucket, string directory, IProgress<DownloadStatus>? progress, CancellationToken cancel) => throw new NotSupportedException();

        public static Task<DownloadReport> DownloadSpecificFilesAsync(
            IBucket bucket, string directory, Func<BucketObject, bool> wanted, IProgress<DownloadStatus>? progress, CancellationToken cancel) =>
            throw new NotSupportedException();

        public static Task<MergeReport> MergeCsvToFileAsync(string directory, string? output, string museumPrefix, CancellationToken cancel) =>
            throw new NotSupportedException();

        public static Task<IReadOnlyList<string>> DeleteCsvFilesAsync(string directory, string? merged, string museumPrefix, CancellationToken cancel) =>
            throw new NotSupportedException();
    }

    public readonly record struct DownloadStatus(int Objects, int ObjectsDone, long Bytes, long BytesDone);

    public sealed record DownloadReport(IReadOnlyList<DownloadedFile> Files, IReadOnlyList<SkippedObject> Skipped);

    public sealed record DownloadedFile(string Key, string Path, long Size, bool Verified);

    public sealed record SkippedObject(string Key, string Reason);

    public sealed record MergeReport(string Output, IReadOnlyList<string> Parts, long Rows, long Bytes);

    public sealed record S3Settings
    {
        public string? AccessKey { get; init; }

        public string? SecretKey { get; init; }

        public string? SessionToken { get; init; }

        public string? Region { get; init; }

        public Uri? Endpoint { get; init; }

        public bool? PathStyle { get; init; }

        public bool AllowPlainHttp { get; init; }

        public int Attempts { get; init; } = 5;

        public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

        public string Describe { get; } = "";
    }
}

namespace MuseumPipeline.Load
{
    public abstract class PendingStore : IStore
    {
        public string Target => throw new NotSupportedException();

        public string Describe => throw new NotSupportedException();

        public int Writers => throw new NotSupportedException();

        public Task<string> PingAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<StoreStatus> StatusAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<Museum>> MuseumsAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Change> UpsertExhibitionAsync(int museumId, ExhibitionFacts facts, CancellationToken cancel) => throw new NotSupportedException();

        public Task<int> StartRunAsync(string command, string arguments, CancellationToken cancel) => throw new NotSupportedException();

        public Task FinishRunAsync(int runId, RunState state, int exitCode, string? message, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<RunRow>> RunsAsync(int most, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<RunSourceRow>> RunSourcesAsync(int runId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<SourceRow>> SourcesAsync(string location, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel) => throw new NotSupportedException();

        public Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(QuarantineFilter filter, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<ReasonCount>> QuarantineCountsAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<ReplayCounts> ReplayAsync(int runId, IReadOnlyList<KioskEvent> loaded, IReadOnlyList<Refusal> refused, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return default;
        }
    }

    public sealed class SqliteStore(string path, TimeProvider clock) : PendingStore;

    public sealed class PostgresStore(string target, NpgsqlDataSource dataSource, TimeProvider clock) : PendingStore;
}
