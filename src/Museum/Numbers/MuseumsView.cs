using System.Globalization;

namespace MuseumPipeline.Numbers;

/// <param name="Opens">By its own clock, HH:mm.</param>
internal sealed record MuseumEntry(
    string Code,
    string Name,
    string TimeZone,
    string Opens,
    string Closes,
    DateTimeOffset? FirstPress,
    DateTimeOffset? LastPress,
    IReadOnlyList<Exh> Exhibitions
);

internal sealed record MuseumsView(IReadOnlyList<MuseumEntry> Museums)
{
    public static MuseumsView Of(CubeState state) =>
        new([
            .. state.Museums.Select(cube => new MuseumEntry(
                cube.Museum.Code,
                cube.Museum.Name,
                cube.Museum.TimeZone,
                Clock(cube.Museum.Opens),
                Clock(cube.Museum.Closes),
                cube.FirstPress,
                cube.LastPress,
                [.. cube.Exhibitions.Select(e => Exh.Of(e.Card))]
            )),
        ]);

    private static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
