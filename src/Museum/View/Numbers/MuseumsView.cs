using System.Globalization;
using MuseumPipeline.Load;

namespace MuseumPipeline.View.Numbers;

/// <summary>An exhibition as the list of museums has it.</summary>
public sealed record ListedExhibition(string PublicId, string Site, string Name, string Floor, string Department, DateOnly StartDate)
{
    public static ListedExhibition Of(ExhibitionCard card) => new(card.PublicId, card.Site, card.Name, card.Floor, card.Department, card.StartDate);
}

/// <param name="Opens">By its own clock, HH:mm.</param>
public sealed record MuseumEntry(
    string Code, string Name, string TimeZone, string Opens, string Closes, DateTimeOffset? FirstPress, DateTimeOffset? LastPress,
    IReadOnlyList<ListedExhibition> Exhibitions);

public sealed record MuseumsView(IReadOnlyList<MuseumEntry> Museums)
{
    public static MuseumsView Of(CubeState state) => new([.. state.Museums.Select(cube => new MuseumEntry(
        cube.Museum.Code, cube.Museum.Name, cube.Museum.TimeZone, Clock(cube.Museum.Opens), Clock(cube.Museum.Closes), cube.FirstPress, cube.LastPress,
        [.. cube.Exhibitions.Select(e => ListedExhibition.Of(e.Card))]))]);

    private static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
