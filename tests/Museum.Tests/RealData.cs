namespace MuseumPipeline.Tests;

/// <summary>The museum's real history and messages, where a sibling folder has them; tests that need them are skipped elsewhere.</summary>
internal static class RealData
{
    public static string Bucket => Find("lmnh-bucket");

    public static string KafkaSample => Find("lmnh-kafka-sample.ndjson");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", name);
            if (Path.Exists(path)) return path;
        }

        Assert.Skip($"the museum's real data ({name}) is not on this machine");
        return name;
    }
}
