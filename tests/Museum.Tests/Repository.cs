namespace MuseumPipeline.Tests;

/// <summary>Where this test run's working copy is.</summary>
internal static class Repository
{
    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static string FindRoot(string from)
    {
        for (var directory = new DirectoryInfo(from); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "MuseumPipeline.slnx")))
                return directory.FullName;
        }
        throw new DirectoryNotFoundException(
            $"No directory above {from} holds MuseumPipeline.slnx; run the tests from the working copy they were "
                + $"built in."
        );
    }
}
