using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Statistics;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>What there is to tell at this moment. It is asked again and again: the key of each says what is
/// new.</summary>
internal sealed class Happenings(
    IHelpCalls calls,
    Receptions receptions,
    LastPresses lastPresses,
    RatingTarget target,
    TimeProvider clock
)
{
    private const int MostCalls = 200;

    /// <summary>A call for help that is older is no news…</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    /// <summary>…but may still be escalated.</summary>
    private static readonly TimeSpan Escalated = TimeSpan.FromDays(1);

    /// <summary>A week's rating falls slowly.</summary>
    private static readonly TimeSpan RatingsEvery = TimeSpan.FromMinutes(10);

    private long? ratedAt;

    public async Task<IReadOnlyList<Notice>> NowAsync(IReadOnlyList<MuseumCube> museums, CancellationToken cancel)
    {
        List<Notice> all = [];
        var rate = ratedAt is not { } before || clock.GetElapsedTime(before) >= RatingsEvery;
        if (rate)
            ratedAt = clock.GetTimestamp();
        var heard = await receptions.CurrentAsync(cancel);
        foreach (var cube in museums)
        {
            all.AddRange(await CallsAsync(cube, cancel));
            if (heard.FirstOrDefault(of => of.Museum == cube.Museum.Code) is { Healthy: false } deaf)
                all.Add(Deaf(deaf));
            all.AddRange(await SilentAsync(cube, cancel));
            if (rate)
                all.AddRange(Fallen(cube));
        }

        return all;
    }

    private async Task<IEnumerable<Notice>> CallsAsync(MuseumCube cube, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var rows = await calls.ListAsync(
            new HelpFilter(cube.Museum.Id, MostCalls, OpenSince: now - Escalated, EmergenciesOnly: true, Taken: true),
            cancel
        );
        return rows.SelectMany(row => NoticesOf(cube, row, now));
    }

    private static IEnumerable<Notice> NoticesOf(MuseumCube cube, HelpRow row, DateTimeOffset now)
    {
        var place = row.Place is { } card ? $"{card.Name} ({FloorName(card.Floor)})" : "an unknown place";
        var at = TimeZoneInfo.ConvertTime(row.When, cube.Zone);
        var pressed = string.Create(CultureInfo.InvariantCulture, $"{at:HH:mm:ss} on {at:d MMMM yyyy}");
        if (now - row.When <= Recent)
            yield return Of(
                $"emergency/{row.Id}",
                NoticeKind.Emergency,
                cube,
                $"Emergency at {place}",
                $"Somebody pressed for an emergency at {place} at {pressed}. The Safety page says who is on the way.",
                row.When
            );
        if (row.EscalatedAt is { } escalated)
            yield return Of(
                string.Create(CultureInfo.InvariantCulture, $"escalation/{row.Id}/{escalated.ToUnixTimeSeconds()}"),
                NoticeKind.Escalation,
                cube,
                $"Nobody has dealt with the emergency at {place}",
                $"The emergency at {place}, pressed at {pressed}, waits: nobody went, or whoever went did not "
                    + $"resolve it.",
                escalated
            );
    }

    private static Notice Deaf(Reception deaf) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"no-presses/{deaf.Museum}/{deaf.LastArrival?.ToUnixTimeSeconds() ?? 0}"
            ),
            NoticeKind.NoPresses,
            NoticeKind.Severities[NoticeKind.NoPresses],
            deaf.Museum,
            $"{deaf.Museum}: no presses received",
            $"{deaf.Problem}. Calls for help may be missed.",
            deaf.LastArrival ?? DateTimeOffset.UnixEpoch
        );

    private async Task<IEnumerable<Notice>> SilentAsync(MuseumCube cube, CancellationToken cancel)
    {
        // History alone is silent, and no kiosk of it is.
        if (cube.Ledger.Streams.Sources == 0)
            return [];
        var last = await lastPresses.OfAsync(cube, cancel);
        var now = clock.GetUtcNow();
        return cube
            .Exhibitions.Where(exhibition => last.ContainsKey(exhibition.Card.Id))
            .Select(exhibition =>
                (exhibition.Card, Rhythm: KioskRhythm.Of(cube, exhibition, last[exhibition.Card.Id], now))
            )
            .Where(kiosk => kiosk.Rhythm.State is KioskState.Silent)
            .Select(kiosk =>
                Of(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"silent/{kiosk.Card.Id}/{last[kiosk.Card.Id].ToUnixTimeSeconds()}"
                    ),
                    NoticeKind.SilentKiosk,
                    cube,
                    $"The kiosk at {kiosk.Card.Name} is silent",
                    $"{kiosk.Rhythm.Explanation} Nobody can call for help there.",
                    now
                )
            );
    }

    /// <summary>The last seven days against the seven before, by the intervals of the Ratings page.</summary>
    private IEnumerable<Notice> Fallen(MuseumCube cube)
    {
        var now = clock.GetUtcNow();
        var today = cube.DayOf(now);
        var query = new ViewQuery
        {
            Museum = cube.Museum.Code,
            From = Text(today.AddDays(-7)),
            To = Text(today.AddDays(-1)),
        };
        var selection = Selection.Of(query, new CubeState([cube], 0), now);
        return Ratings
            .Of(selection, target)
            .Exhibitions.Where(row => row.Previous is { Verdict: Verdict.Worse })
            .Select(row =>
                Of(
                    $"fallen/{row.PublicId}/{Text(today.AddDays(-(((int)today.DayOfWeek + 6) % 7)))}",
                    NoticeKind.FallenRating,
                    cube,
                    $"{row.Name} is rated clearly lower",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"In the last seven days {row.Name} was rated {row.Mean:0.00}, against "
                            + $"{row.Previous!.Mean:0.00} in the "
                            + $"seven days before ({row.Votes} and {row.Previous.Votes} votes)."
                    ),
                    now
                )
            );

        static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>Names come from buckets: what is not seen, or turns text around, is told as its code.</summary>
    private static Notice Of(
        string key,
        string kind,
        MuseumCube cube,
        string subject,
        string text,
        DateTimeOffset at
    ) => new(key, kind, NoticeKind.Severities[kind], cube.Museum.Code, SafeText.Of(subject), SafeText.Of(text), at);

    private static string FloorName(string floor) => floor.All(char.IsAsciiDigit) ? $"floor {floor}" : floor;
}
