using System.Text;

namespace MuseumPipeline.Tests.Faults;

/// <summary>A bucket with every bad CSV file, number and time found so far: a small file for each, good rows among the
/// bad, and the expected result for every record. Sites 0 to 3 are known; 4 becomes known when <see
/// cref="WriteLateExhibition"/> has been called.</summary>
internal static class FaultBucket
{
    /// <summary>The files in the order of their numbers: file i is <c>lmnh_hist_data_i.csv</c>.</summary>
    public static IReadOnlyList<FaultFile> Files() =>
        [.. StructureFaults.Files(), .. FieldFaults.Files(), .. TimeFaults.Files()];

    public static string FileName(int number) => $"lmnh_hist_data_{number}.csv";

    /// <summary>Writes everything but the late exhibition into an empty directory.</summary>
    public static IReadOnlyList<FaultFile> Write(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (name, content, _) in Exhibitions)
            File.WriteAllText(Path.Combine(directory, name), content);
        var files = Files();
        for (var number = 0; number < files.Count; number++)
            File.WriteAllBytes(Path.Combine(directory, FileName(number)), files[number].Content);
        return files;
    }

    /// <summary>The exhibition whose visitors pressed buttons before its file arrived: rows at site 4 can be replayed
    /// after it.</summary>
    public static void WriteLateExhibition(string directory) =>
        File.WriteAllText(Path.Combine(directory, "lmnh_exhibition_late.json"), Exhibition("EXH_04", "Late Comers"));

    /// <summary>Exhibition files, and whether they must be accepted.</summary>
    public static readonly (string Name, string Content, bool Accepted)[] Exhibitions =
    [
        ("lmnh_exhibition_zero.json", Exhibition("EXH_00", "Zero"), true),
        ("lmnh_exhibition_one.json", Exhibition("EXH_01", "One"), true),
        ("lmnh_exhibition_two.json", Exhibition("EXH_02", "Two, \\\"quoted\\\", <img src=x onerror=alert(1)>"), true),
        ("lmnh_exhibition_three.json", Exhibition("EXH_03", "Three"), true),
        (
            "lmnh_exhibition_no_such_day.json",
            Exhibition("EXH_20", "A day February never had", startDate: "31/02/23"),
            false
        ),
        ("lmnh_exhibition_us_date.json", Exhibition("EXH_21", "Month and day exchanged", startDate: "02/28/23"), false),
        ("lmnh_exhibition_bad_id.json", Exhibition("EXHIBIT 22", "An id that names no site"), false),
        (
            "lmnh_exhibition_no_name.json",
            Exhibition("EXH_23", "No name").Replace("EXHIBITION_NAME", "NAME", StringComparison.Ordinal),
            false
        ),
        (
            "lmnh_exhibition_twice_the_id.json",
            Exhibition("EXH_24", "Two ids")
                .Replace(
                    "\"FLOOR\": \"1\"",
                    "\"FLOOR\": \"1\", \"EXHIBITION_ID\": \"EXH_25\"",
                    StringComparison.Ordinal
                ),
            false
        ),
        ("lmnh_exhibition_cut.json", Exhibition("EXH_26", "Cut short")[..60], false),
        ("lmnh_exhibition_list.json", $"[{Exhibition("EXH_27", "A list")}]", false),
        ("lmnh_exhibition_empty.json", "", false),
    ];

    private static string Exhibition(string id, string name, string startDate = "01/02/23") =>
        $$"""
            {"EXHIBITION_NAME": "{{name}}", "EXHIBITION_ID": "{{id}}", "FLOOR": "1", "DEPARTMENT": "Faults", "START_DATE": "{{startDate}}",
                "DESCRIPTION": "For tests."}
            """;

    /// <summary>UTF-8 bytes around ones that are not text.</summary>
    internal static byte[] Mix(string before, byte[] middle, string after = "") =>
        [.. Encoding.UTF8.GetBytes(before), .. middle, .. Encoding.UTF8.GetBytes(after)];
}
