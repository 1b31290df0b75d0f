using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Tests.Model.Files;

public sealed class OwnFileTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b110_110_110;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("museum-own-");

    private string At => Path.Combine(directory.FullName, "file");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void A_file_of_ours_is_for_this_user_alone_or_as_the_setting_says()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has other rights");

        Assert.Null(OwnFile.Keep(At));
        Assert.Equal(OwnFile.Usual, File.GetUnixFileMode(At));
        File.Delete(At);
        Assert.Null(OwnFile.Keep(At, OwnFile.Usual | UnixFileMode.GroupRead | UnixFileMode.GroupWrite));
        Assert.Equal("660", OwnFile.Text(File.GetUnixFileMode(At)));
    }

    [Fact]
    public void A_looser_one_is_narrowed_with_all_that_is_in_it_and_a_narrower_one_stays()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has other rights");
        File.WriteAllText(At, "rows");
        File.SetUnixFileMode(At, Open);

        Assert.Null(OwnFile.Keep(At));
        Assert.Equal(OwnFile.Usual, File.GetUnixFileMode(At));
        Assert.Equal("rows", File.ReadAllText(At));
        File.SetUnixFileMode(At, UnixFileMode.UserRead);
        Assert.Null(OwnFile.Keep(At));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(At));
    }

    [Fact]
    public void Behind_a_link_the_file_counts()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has other rights");
        var link = Path.Combine(directory.FullName, "link");
        File.WriteAllText(At, "rows");
        File.SetUnixFileMode(At, Open);
        File.CreateSymbolicLink(link, At);

        Assert.Equal(Open, OwnFile.ModeOf(link));
        Assert.Null(OwnFile.Keep(link));
        Assert.Equal(OwnFile.Usual, File.GetUnixFileMode(At));
    }
}
