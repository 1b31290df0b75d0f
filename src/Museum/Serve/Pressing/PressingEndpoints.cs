using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Pressing;

/// <summary>The kiosk of a demo: a page with its buttons, and what becomes of each press.</summary>
internal static class PressingEndpoints
{
    public const string Root = "/kiosk";

    public static void MapKiosk(this IEndpointRouteBuilder routes, PressingKiosk kiosk)
    {
        routes.MapKioskPage(Root);
        routes
            .MapGet(
                $"{Root}/museum",
                async (HttpContext context, HourCube cubes, TimeProvider clock, CancellationToken cancel) =>
                    await MuseumAsync(context, kiosk, cubes, cancel) is { } cube
                        ? Results.Ok(KioskView.Of(cube, clock.GetUtcNow()))
                        : Results.NotFound()
            )
            .ExcludeFromDescription();
        routes
            .MapPost(
                $"{Root}/presses",
                async (HttpContext context, Pressed pressed, HourCube cubes, CancellationToken cancel) =>
                    await MuseumAsync(context, kiosk, cubes, cancel) is { } cube
                        ? await PressAsync(kiosk, cube, pressed, cancel)
                        : Results.NotFound()
            )
            .ExcludeFromDescription();
        routes
            .MapGet(
                $"{Root}/presses/{{partition:int}}/{{offset:long}}",
                async (
                    int partition,
                    long offset,
                    HttpContext context,
                    HourCube cubes,
                    Fates fates,
                    CancellationToken cancel
                ) =>
                    offset >= 0
                    && await MuseumAsync(context, kiosk, cubes, cancel) is not null
                    && await fates.OfAsync(kiosk.Stream, partition, offset, cancel) is { } fate
                        ? Results.Ok(fate)
                        : Results.NotFound()
            )
            .ExcludeFromDescription();
    }

    /// <summary>The museum that the stream is of; null for somebody for whom it does not exist.</summary>
    private static async Task<MuseumCube?> MuseumAsync(
        HttpContext context,
        PressingKiosk kiosk,
        HourCube cubes,
        CancellationToken cancel
    ) =>
        Sight
            .Of(context.User, await cubes.CurrentAsync(cancel))
            .Museums.FirstOrDefault(cube => cube.Museum.Id == kiosk.Stream.MuseumId);

    private static async Task<IResult> PressAsync(
        PressingKiosk kiosk,
        MuseumCube cube,
        Pressed pressed,
        CancellationToken cancel
    )
    {
        var exhibition = cube.Exhibitions.FirstOrDefault(e => e.Card.PublicId == pressed.Exhibition);
        if (exhibition is null)
            return Refused("exhibition", $"'{pressed.Exhibition}'", "the public id of one of the museum's");
        var site = exhibition.Card.Site;
        KioskPress? press = pressed switch
        {
            { Rating: { } value, Help: null } when cube.Buttons.Ratings.Any(b => b.Value == value) => KioskPress.Rating(
                site,
                value
            ),
            { Rating: null, Help: { } kind } when cube.Buttons.Support.Any(b => b.Value == kind) => KioskPress.Help(
                site,
                kind
            ),
            _ => null,
        };
        if (press is null)
            return Refused("rating, help", "no button of a kiosk", "the value of one button");
        try
        {
            var sent = await kiosk.SendAsync(press.Value, cancel);
            return Results.Ok(
                new PressAnswer(
                    sent.Partition,
                    sent.Offset,
                    string.Create(CultureInfo.InvariantCulture, $"{kiosk.Stream.Topic}:{sent.Partition}@{sent.Offset}"),
                    sent.Message
                )
            );
        }
        catch (NotSentException e)
        {
            return Results.Problem(
                e.Message,
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "The broker did not answer"
            );
        }
    }

    private static IResult Refused(string what, string found, string expected) =>
        Results.Problem(
            SafeText.Of($"{what}: found {found}, expected {expected}"),
            statusCode: StatusCodes.Status400BadRequest,
            title: "Not pressed"
        );
}

/// <param name="Exhibition">Its public id.</param>
/// <param name="Rating">The value of a face; or else Help.</param>
/// <param name="Help">The value of a kind of help.</param>
internal sealed record Pressed(string? Exhibition, int? Rating, int? Help);

/// <param name="Place">Where the broker put it, as topic:partition@offset.</param>
/// <param name="Message">What was sent.</param>
internal sealed record PressAnswer(int Partition, long Offset, string Place, string Message);

/// <summary>What stands on the kiosk.</summary>
/// <param name="Open">Whether a press of now is within the museum's hours.</param>
internal sealed record KioskView(
    string Museum,
    string Name,
    bool Open,
    string Opens,
    string Closes,
    IReadOnlyList<Exh> Exhibitions,
    IReadOnlyList<KioskButton> Ratings,
    IReadOnlyList<KioskButton> Help
)
{
    public static KioskView Of(MuseumCube cube, DateTimeOffset now)
    {
        var (museum, time) = (cube.Museum, TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, cube.Zone).DateTime));
        return new(
            museum.Code,
            museum.Name,
            time >= museum.Opens && time <= museum.Closes,
            Clock(museum.Opens),
            Clock(museum.Closes),
            [.. cube.Exhibitions.Select(e => Exh.Of(e.Card))],
            [.. cube.Buttons.Ratings.Select(KioskButton.Of)],
            [.. cube.Buttons.Support.Select(KioskButton.Of)]
        );
    }

    private static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}

/// <param name="Alarms">It rings on every page.</param>
internal sealed record KioskButton(int Value, string Name, bool Alarms)
{
    public static KioskButton Of(PressType type) => new(type.Value, type.Description, type.Alarms);
}
