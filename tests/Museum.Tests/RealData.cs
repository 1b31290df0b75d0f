namespace MuseumPipeline.Tests;

/// <summary>The museum's real history and messages, if a sibling folder has them; otherwise tests that need them are
/// skipped.</summary>
internal static class RealData
{
    public static string Bucket => Find("lmnh-bucket");

    public static string KafkaSample => Find("lmnh-kafka-sample.ndjson");

    /// <summary>Something in the folder of shared things beside the project, or null.</summary>
    public static string? Shared(params string[] names)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", .. names]);
            if (Path.Exists(path))
                return path;
        }

        return null;
    }

    private static string Find(string name)
    {
        if (Shared("data", name) is { } path)
            return path;
        Assert.Skip("asserts figures of the museum's real history, which is not at ../shared/data");
        return name;
    }
}
