using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Tests.Source.Files;

/// <summary>Merging the parts on disk, and removing them.</summary>
public sealed class CsvPartsTests : IDisposable
{
    private const string Header = "at,site,val,type\n";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("museum-merge");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Parts_are_merged_in_numeric_order_under_one_header()
    {
        Write("lmnh_hist_data_10.csv", Header + "ten\n");
        Write("lmnh_hist_data_9.csv", Header + "nine\n");
        Write("lmnh_hist_data_0.csv", Header + "zero,\"two\nlines\"\n");
        Write("lmnh_hist_data_full.csv", "no part");
        Write("lms_hist_data_1.csv", "no part");
        var report = await MergeAsync();
        Assert.Equal(["lmnh_hist_data_0.csv", "lmnh_hist_data_9.csv", "lmnh_hist_data_10.csv"], report.Parts);
        Assert.Equal(Header + "zero,\"two\nlines\"\nnine\nten\n", Read("lmnh_hist_data_all.csv"));
        Assert.Equal((4, report.Bytes), (report.Rows, new FileInfo(report.Output).Length));
    }

    [Fact]
    public async Task Merging_again_gives_the_same_file_and_never_merges_it_into_itself()
    {
        Write("lmnh_hist_data_0.csv", Header + "zero\n");
        await MergeAsync();
        await MergeAsync();
        Assert.Equal(Header + "zero\n", Read("lmnh_hist_data_all.csv"));
        Assert.Equal(2, directory.GetFiles().Length);
    }

    [Fact]
    public async Task Odd_ends_of_parts_do_not_join_or_lose_rows()
    {
        Write("lmnh_hist_data_0.csv", "\uFEFF" + Header.Replace("\n", "\r\n", StringComparison.Ordinal) + "no newline");
        Write("lmnh_hist_data_1.csv", Header);
        Write("lmnh_hist_data_2.csv", "at,site,val,type");
        Write("lmnh_hist_data_3.csv", Header + "dos\r\n");
        var report = await MergeAsync();
        Assert.Equal(Header + "no newline\ndos\r\n", Read("lmnh_hist_data_all.csv"));
        Assert.Equal(2, report.Rows);
    }

    [Theory]
    [InlineData("at,site,type,val\n1\n", "line 1 is 'at,site,type,val', expected 'at,site,val,type'")]
    [InlineData("at,site,type,val\n1\n", "merge files of one shape")]
    [InlineData("", "line 1 is ''")]
    [InlineData("at,site,val,type\n\"open\n", "a quote is opened and never closed")]
    [InlineData("at,site,val,type\n\"open\n", "fix the file: merged, it would swallow")]
    [InlineData("at,site,val,type\r1\r2\r", "expected a header line")]
    public async Task A_part_that_does_not_fit_is_refused_and_the_earlier_output_stays(string part, string said)
    {
        Write("lmnh_hist_data_0.csv", Header + "zero\n");
        await MergeAsync();
        Write("lmnh_hist_data_1.csv", part);
        var error = await Assert.ThrowsAsync<MuseumException>(MergeAsync);
        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Contains("lmnh_hist_data_1.csv", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(Header + "zero\n", Read("lmnh_hist_data_all.csv"));
        Assert.Equal(3, directory.GetFiles().Length);
    }

    [Theory]
    [InlineData("lmnh_hist_data_0.csv")]
    [InlineData("lmnh_hist_data_7.csv")]
    public async Task An_output_named_like_a_part_is_a_usage_error(string output)
    {
        Write("lmnh_hist_data_0.csv", Header + "zero\n");
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            BucketFiles.MergeCsvToFileAsync(directory.FullName, PathOf(output), "lmnh", Cancel)
        );
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Equal(Header + "zero\n", Read("lmnh_hist_data_0.csv"));
    }

    [Fact]
    public async Task Nothing_to_merge_is_an_error() => await Assert.ThrowsAsync<MuseumException>(MergeAsync);

    [Fact]
    public async Task Only_the_merged_parts_are_removed()
    {
        Write("lmnh_hist_data_0.csv", Header + "zero\n");
        Write("lmnh_hist_data_1.csv", Header + "one\n");
        Write("lmnh_hist_data_full.csv", "keep");
        Write("lms_hist_data_0.csv", "keep");
        await MergeAsync();
        Assert.Equal(["lmnh_hist_data_0.csv", "lmnh_hist_data_1.csv"], await DeleteAsync());
        Assert.Equal(
            ["lmnh_hist_data_all.csv", "lmnh_hist_data_full.csv", "lms_hist_data_0.csv"],
            directory.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Parts_that_the_merged_file_does_not_hold_are_kept()
    {
        Write("lmnh_hist_data_0.csv", Header + "zero\n");
        var none = await Assert.ThrowsAsync<MuseumException>(DeleteAsync);
        Assert.Contains("nothing was removed", none.Message, StringComparison.Ordinal);
        await MergeAsync();
        Write("lmnh_hist_data_1.csv", Header + "later\n");
        var newer = await Assert.ThrowsAsync<MuseumException>(DeleteAsync);
        Assert.Contains("merge them again", newer.Message, StringComparison.Ordinal);
        Assert.Equal(3, directory.GetFiles().Length);
    }

    private string PathOf(string name) => Path.Combine(directory.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

    private string Read(string name) => File.ReadAllText(PathOf(name));

    private Task<MergeReport> MergeAsync() => BucketFiles.MergeCsvToFileAsync(directory.FullName, null, "lmnh", Cancel);

    private Task<IReadOnlyList<string>> DeleteAsync() =>
        BucketFiles.DeleteCsvFilesAsync(directory.FullName, null, "lmnh", Cancel);
}
