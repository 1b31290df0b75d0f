using System.Globalization;
using System.Text.Json;

namespace MuseumPipeline.Simulate;

/// <summary>One made-up exhibition and its ratings.</summary>
/// <param name="Word">The word in its file's name.</param>
/// <param name="Popularity">Its share of all presses, in percent; 0 while it is not open.</param>
/// <param name="Opened">Days before the history's first day; for one not yet open, days after its last.</param>
/// <param name="Opinions">Of a hundred ratings, how many are 0, 1, 2, 3 and 4.</param>
internal sealed record Exhibit(
    string Word,
    string Name,
    string Floor,
    string Department,
    int Popularity,
    int Opened,
    string Description,
    Urn Opinions
);

/// <summary>The six exhibitions of the simulated museum. The index in the list is the site number: <c>EXH_00</c> is
/// site 0.</summary>
internal static class Exhibits
{
    public static readonly Exhibit[] All =
    [
        new(
            "sharks",
            "Tides and Teeth",
            "1",
            "Marine Biology",
            24,
            410,
            "Four hundred million years of sharks, and a tank of the ones that never grew up.",
            new Urn(6, 10, 21, 33, 30)
        ),
        new(
            "beetles",
            "The Beetle Vault",
            "Vault",
            "Entomology",
            14,
            95,
            "Drawers that were closed for a century: sixty thousand beetles under one low roof.",
            new Urn(19, 31, 27, 17, 6)
        ),
        new(
            "volcanoes",
            "Fire Below",
            "2",
            "Geology",
            22,
            230,
            "Stand on a floor that shakes as Etna did, and hold the stone that came out of it.",
            new Urn(9, 15, 24, 30, 22)
        ),
        new(
            "gardens",
            "Night Gardens",
            "3",
            "Botany",
            18,
            150,
            "Plants that bloom after dark, and the moths, bats and possums that keep the appointment.",
            new Urn(12, 17, 31, 26, 14)
        ),
        new(
            "rivers",
            "What the River Kept",
            "2",
            "Ecology",
            22,
            60,
            "The Thames from salmon to sewer and back, told by what was pulled out of it.",
            new Urn(29, 27, 23, 14, 7)
        ),
        new(
            "mammoths",
            "Ice Age Neighbours",
            "1",
            "Palaeontology",
            0,
            75,
            "Mammoths, cave lions and the people who painted them. Opens soon.",
            new Urn()
        ),
    ];

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>What <c>lmnh_exhibition_&lt;word&gt;.json</c> holds.</summary>
    public static byte[] File(int site, DateOnly firstDay, DateOnly lastDay)
    {
        var exhibit = All[site];
        var start = exhibit.Popularity > 0 ? firstDay.AddDays(-exhibit.Opened) : lastDay.AddDays(exhibit.Opened);
        return Json(exhibit.Name, $"EXH_{site:00}", exhibit.Floor, exhibit.Department, start, exhibit.Description);
    }

    private static byte[] Json(
        string name,
        string id,
        string floor,
        string department,
        DateOnly start,
        string description
    )
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Indented))
        {
            json.WriteStartObject();
            json.WriteString("EXHIBITION_NAME", name);
            json.WriteString("EXHIBITION_ID", id);
            json.WriteString("FLOOR", floor);
            json.WriteString("DEPARTMENT", department);
            json.WriteString("START_DATE", start.ToString("dd/MM/yy", CultureInfo.InvariantCulture));
            json.WriteString("DESCRIPTION", description);
            json.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.ToArray();
    }
}
