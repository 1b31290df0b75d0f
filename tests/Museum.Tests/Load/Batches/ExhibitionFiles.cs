namespace MuseumPipeline.Tests.Load.Batches;

/// <summary>Exhibitions as the bucket describes them: site 3 is "Exhibition 3", EXH_03.</summary>
internal static class ExhibitionFiles
{
    public static void Write(string directory, params IEnumerable<int> sites)
    {
        Directory.CreateDirectory(directory);
        foreach (var site in sites)
            File.WriteAllText(
                Path.Combine(directory, $"lmnh_exhibition_e{site}.json"),
                $$"""
                {"EXHIBITION_NAME":"Exhibition {{site}}","EXHIBITION_ID":"EXH_{{site:00}}","FLOOR":"1",
                "DEPARTMENT":"Zoology","START_DATE":"01/02/23","DESCRIPTION":"…"}
                """
            );
    }
}
