using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Simulate;

/// <summary>Keeps a museum that is closed now open until midnight, or from midnight, as long as this lasts; then
/// restores its hours.</summary>
internal sealed class LateOpening : IAsyncDisposable
{
    private readonly IMuseums museums;
    private readonly OpeningHours usual;

    private LateOpening(IMuseums museums, Museum museum, OpeningHours usual, OpeningHours hours) =>
        (this.museums, Museum, this.usual, Hours) = (museums, museum, usual, hours);

    public Museum Museum { get; }

    public OpeningHours Hours { get; }

    public bool IsNeeded => Hours != usual;

    /// <exception cref="MuseumException">The museum no longer exists.</exception>
    public static async Task<LateOpening> BeginAsync(
        IMuseums museums,
        Museum museum,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var usual = OpeningHours.Of(museum);
        var hours = usual.Including(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), usual.Zone).DateTime);
        return new(museums, hours == usual ? museum : await OpenAsync(museums, museum, hours, cancel), usual, hours);
    }

    private static async Task<Museum> OpenAsync(
        IMuseums museums,
        Museum museum,
        OpeningHours hours,
        CancellationToken cancel
    ) =>
        (
            await museums.ChangeAsync(
                museum.Code,
                facts => facts with { Opens = hours.Opens, Closes = hours.Closes },
                cancel
            )
        ).Museum;

    public async ValueTask DisposeAsync()
    {
        // Unless somebody changed them meanwhile: the last change counts.
        if (IsNeeded)
            await museums.ChangeAsync(
                Museum.Code,
                facts =>
                    (facts.Opens, facts.Closes) == (Hours.Opens, Hours.Closes)
                        ? facts with
                        {
                            Opens = usual.Opens,
                            Closes = usual.Closes,
                        }
                        : facts,
                CancellationToken.None
            );
    }
}
