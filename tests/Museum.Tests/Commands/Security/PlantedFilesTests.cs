using System.Diagnostics;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Tests.Commands.Security;

/// <summary>Where everybody may write, another user of the machine can leave a file under a name that we are about to
/// use: a database with their operator in it, or a link to a file of ours.</summary>
public sealed class PlantedFilesTests : IDisposable
{
    private const UnixFileMode Everybodys = (UnixFileMode)0b111_111_111;
    private const string Stranger = "12345";

    private readonly MuseumProcess museum = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string At(string name) => Path.Combine(museum.Directory, name);

    public void Dispose() => museum.Dispose();

    private void Shared()
    {
        if (!OperatingSystem.IsLinux() || FileOwner.Own != FileOwner.Root)
            Assert.Skip("only root can give a file away");
        File.SetUnixFileMode(museum.Directory, Everybodys);
    }

    private static Task GiveAwayAsync(string path) =>
        Process.Start("chown", ["-h", Stranger, path]).WaitForExitAsync(Cancel);

    [Theory]
    [InlineData("museum.db")]
    [InlineData("museum.db-wal")]
    [InlineData("museum.db-journal")]
    public async Task A_database_of_somebody_elses_is_not_opened_there(string name)
    {
        Shared();
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        SqliteConnection.ClearAllPools();
        if (!File.Exists(At(name)))
            File.WriteAllText(At(name), "");
        await GiveAwayAsync(At(name));

        var refused = await museum.RunAsync("runs");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(
            $"{At(name)}: found a file of the user with the id {Stranger} in a directory where everybody may write",
            refused.Error,
            StringComparison.Ordinal
        );
        File.SetUnixFileMode(museum.Directory, (UnixFileMode)0b111_111_101);
        Assert.Equal(0, (await museum.RunAsync("runs")).ExitCode);
    }

    [Fact]
    public async Task A_log_that_is_a_link_is_not_written_wherever_it_is()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows lets nobody make links");
        File.WriteAllText(At("ours.txt"), "keep");
        Directory.CreateDirectory(At("logs"));
        File.CreateSymbolicLink(At("logs/museum.log"), At("ours.txt"));
        var refused = await museum.RunAsync("db", "migrate", "--log", "file");
        Assert.Equal((3, "keep"), (refused.ExitCode, File.ReadAllText(At("ours.txt"))));
        Assert.Contains("and is not followed", refused.Error, StringComparison.Ordinal);

        Shared();
        Directory.Delete(At("logs"), recursive: true);
        Directory.CreateSymbolicLink(At("logs"), Directory.CreateDirectory(At("theirs")).FullName);
        await GiveAwayAsync(At("logs"));
        Assert.Equal(3, (await museum.RunAsync("db", "migrate", "--log", "file")).ExitCode);
        Assert.Empty(Directory.GetFiles(At("theirs")));
    }

    [Fact]
    public async Task A_link_of_somebody_elses_is_not_written_through_there()
    {
        Shared();
        Assert.Equal(0, (await museum.RunAsync("db", "migrate", "--database", "ours.db")).ExitCode);
        File.WriteAllText(At("ours.txt"), "keep");
        foreach (var name in (string[])["who.jsonl", "museum.db"])
        {
            File.CreateSymbolicLink(At(name), At("ours.txt"));
            await GiveAwayAsync(At(name));
        }

        var exported = await museum.RunAsync("audit", "export", "who.jsonl", "--database", "ours.db");
        Assert.Equal((3, "keep"), (exported.ExitCode, File.ReadAllText(At("ours.txt"))));
        Assert.Contains("a directory where everybody may write", exported.Error, StringComparison.Ordinal);
        var migrated = await museum.RunAsync("db", "migrate");
        Assert.Equal((3, "keep"), (migrated.ExitCode, File.ReadAllText(At("ours.txt"))));
        // A link of our own is followed, as everywhere.
        File.Delete(At("who.jsonl"));
        File.CreateSymbolicLink(At("who.jsonl"), At("ours.txt"));
        Assert.Equal(0, (await museum.RunAsync("audit", "export", "who.jsonl", "--database", "ours.db")).ExitCode);
    }
}
