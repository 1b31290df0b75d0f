using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Simulate;

/// <summary>A museum that is closed now is open until midnight, or from it, as long as this lasts; then it has its own
/// hours again.</summary>
internal sealed class LateOpening : IAsyncDisposable
{
    private readonly IMuseums museums;
    private readonly OpeningHours usual;

    private LateOpening(IMuseums museums, Museum museum, OpeningHours usual, OpeningHours hours) =>
        (this.museums, Museum, this.usual, Hours) = (museums, museum, usual, hours);

    public Museum Museum { get; }

    public OpeningHours Hours { get; }

    public bool IsNeeded => Hours != usual;

    /// <exception cref="MuseumException">The museum is not there any more.</exception>
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
        // Not where somebody changed them meanwhile: what was said last goes.
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
