using MuseumPipeline.Source.Files;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Files;

/// <summary>Replacing /dev/null by a file, as root can, breaks the whole machine.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("museum-output-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    private string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    [Fact]
    public async Task A_fifo_is_written_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs FIFOs");
        await Tool.RunAsync("mkfifo", Path("pipe.csv"));
        var read = Task.Run(() => File.ReadAllText(Path("pipe.csv")), Cancel);

        await WriteAsync(Path("pipe.csv"), "rows");

        Assert.Equal("rows", await read);
        Assert.Equal(["pipe.csv"], Names());
        // A regular file by now could be sought in.
        await Tool.RunAsync("test", "-p", Path("pipe.csv"));
    }

    [Fact]
    public async Task A_device_is_written_through_also_behind_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs devices");
        File.CreateSymbolicLink(Path("link"), "/dev/zero");

        await WriteAsync("/dev/zero", "nothing");
        await WriteAsync(Path("link"), "nothing");

        await Tool.RunAsync("test", "-c", "/dev/zero");
        Assert.Equal("/dev/zero", new FileInfo(Path("link")).LinkTarget);
    }

    [Fact]
    public async Task A_link_stays_a_link_and_its_file_is_replaced()
    {
        File.WriteAllText(Path("old.html"), "old and longer");
        File.CreateSymbolicLink(Path("link.html"), Path("old.html"));

        await WriteAsync(Path("link.html"), "new");

        Assert.Equal("new", File.ReadAllText(Path("old.html")));
        Assert.NotNull(new FileInfo(Path("link.html")).LinkTarget);
    }

    [Fact]
    public async Task A_file_appears_when_it_is_complete_and_the_old_one_stays_until_then()
    {
        File.WriteAllText(Path("page.html"), "old");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            OutputFile.WriteAsync<int>(
                Path("page.html"),
                async stream =>
                {
                    await stream.WriteAsync("half"u8.ToArray(), Cancel);
                    throw new InvalidOperationException();
                },
                Cancel
            )
        );

        Assert.Equal("old", File.ReadAllText(Path("page.html")));
        Assert.Equal(["page.html"], Names());
    }

    private static Task<int> WriteAsync(string path, string text) =>
        OutputFile.WriteAsync(
            path,
            async stream =>
            {
                await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), Cancel);
                return 0;
            },
            Cancel
        );

    private IEnumerable<string> Names() => _directory.GetFileSystemInfos().Select(info => info.Name);
}
