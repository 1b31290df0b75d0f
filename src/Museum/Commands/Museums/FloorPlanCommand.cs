using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using MuseumPipeline.Model;
using MuseumPipeline.Parse.Pictures;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;
using Spectre.Console;

namespace MuseumPipeline.Commands.Museums;

/// <summary><c>museum museums floor-plan</c>: pictures of floors, and where exhibitions are on them.</summary>
internal static class FloorPlanCommand
{
    private const string Nowhere = "none";

    private static readonly Argument<string> Floor = new("FLOOR")
    {
        Description = "The floor, as the exhibitions' files name it",
    };

    private static readonly Argument<string> File = new("FILE")
    {
        Description = "Its picture: SVG, PNG, JPEG or WebP of up to 2 MiB",
    };

    private static readonly Argument<string> Exhibition = new("EXHIBITION")
    {
        Description = "The exhibition's public id, such as EXH_03",
    };

    private static readonly Argument<string> Place = new("X,Y")
    {
        Description = "Fractions of the picture from its left and from its top, such as 0.25,0.6; none takes it away",
    };

    private static readonly Option<string> Museum = new("--museum")
    {
        Description = "The code of one museum, where there are several",
        HelpName = "CODE",
    };

    public static Command Create() =>
        new("floor-plan", "Pictures of floors for the dashboard's page Floors, and where exhibitions are on them")
        {
            List(),
            Set(),
            PlaceOne(),
            Remove(),
        };

    private static Command List() =>
        Verb(
            new Command("list", "Show which floors have a picture, and where exhibitions are"),
            async (work, museum, cancel) =>
            {
                var plans = await work.Store.FloorPlans.ListAsync(museum.Id, cancel);
                var places = (await work.Store.Counts.CatalogueAsync(cancel))
                    .Exhibitions.Where(card => card.MuseumId == museum.Id)
                    .Select(card => PlaceJson.Of(card, plans))
                    .ToList();
                if (work.Session.Json)
                    JsonOutput.Print(
                        new FloorPlansJson(
                            "museums floor-plan list",
                            work.Store.Target,
                            museum.Code,
                            [.. plans.Pictures.Select(FloorPlanJson.Of)],
                            places
                        ),
                        MuseumsShapes.Default.FloorPlansJson
                    );
                else
                    Print(plans, places);
            }
        );

    private static Command Set() =>
        Verb(
            new Command("set", "Give a floor a picture, in place of any other") { Floor, File },
            async (work, museum, cancel) =>
            {
                var (floor, path) = (
                    work.Session.Parsed.GetRequiredValue(Floor),
                    work.Session.Parsed.GetRequiredValue(File)
                );
                var picture = await ReadAsync(path, cancel);
                var digest = Convert.ToHexStringLower(SHA256.HashData(picture.Bytes).AsSpan(0, 12));
                await work.Store.FloorPlans.SetAsync(
                    museum.Id,
                    new(floor, picture.MediaType, picture.Width, picture.Height, digest),
                    picture.Bytes,
                    Move("set", $"{museum.Code} floor {floor}: {picture.MediaType}, {digest}"),
                    cancel
                );
                var leftOut =
                    picture.LeftOut.Count == 0
                        ? ""
                        : " Left out, because it draws nothing or could do more than draw: "
                            + $"{string.Join(", ", picture.LeftOut.Select(one => $"{one.Value} x {one.Key}"))}.";
                Tell(work, "set", $"Floor {floor} has its picture.{leftOut}");
            }
        );

    private static Command PlaceOne() =>
        Verb(
            new Command("place", "Say where on its floor's picture an exhibition is") { Exhibition, Place },
            async (work, museum, cancel) =>
            {
                var id = work.Session.Parsed.GetRequiredValue(Exhibition);
                var text = work.Session.Parsed.GetRequiredValue(Place);
                var place = Parse(text);
                await work.Store.FloorPlans.PlaceAsync(
                    museum.Id,
                    id,
                    place,
                    Move("place", $"{museum.Code} {id}: {text}"),
                    cancel
                );
                Tell(work, "place", place is null ? $"{id} is nowhere on the picture." : $"{id} is at {text}.");
            }
        );

    private static Command Remove() =>
        Verb(
            new Command("remove", "Take a floor's picture away; it is drawn as a scheme again") { Floor },
            async (work, museum, cancel) =>
            {
                var floor = work.Session.Parsed.GetRequiredValue(Floor);
                var move = Move("remove", $"{museum.Code} floor {floor}");
                if (!await work.Store.FloorPlans.RemoveAsync(museum.Id, floor, move, cancel))
                    throw new MuseumException(
                        ExitCode.Configuration,
                        $"found no picture of a floor '{floor}': museum museums floor-plan list shows those there are"
                    );
                Tell(work, "remove", $"Floor {floor} has no picture any more.");
            }
        );

    private static Command Verb(Command command, Func<Work, Museum, CancellationToken, Task> work)
    {
        command.WithCommon(Museum, Options.Target);
        Session.Act(
            command,
            command.Name == "list" ? Needs.Database : Needs.Database | Needs.Writes,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                await work(
                    new(session, store),
                    Of(session.Parsed.GetValue(Museum), await store.Museums.ListAsync(cancel)),
                    cancel
                );
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Museum Of(string? code, IReadOnlyList<Museum> museums) =>
        museums.Where(m => code is null || m.Code.Equals(code, StringComparison.OrdinalIgnoreCase)).ToList() switch
        {
            [var one] => one,
            var found => throw new MuseumException(
                ExitCode.Usage,
                $"--museum names the museum of the floor: found {(code is null ? $"{found.Count} museums" : $"'{code}'")}, "
                    + $"expected one of {string.Join(", ", museums.Select(m => m.Code))}"
            ),
        };

    private static async Task<PictureFile> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            await using var file = System.IO.File.OpenRead(path);
            // One more than may be: whatever its length says.
            var bytes = new byte[PictureFile.MostBytes + 1];
            var read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
            return PictureFile.Read(bytes.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(ExitCode.Configuration, $"cannot read {Path.GetFullPath(path)}: {e.Message}", e);
        }
        catch (MuseumException e)
        {
            throw new MuseumException(e.ExitCode, $"{Path.GetFullPath(path)}: {e.Message}", e);
        }
    }

    private static PlanPlace? Parse(string text)
    {
        if (text == Nowhere)
            return null;
        var numbers = text.Split(',')
            .Select(part =>
                double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : -1
            )
            .ToArray();
        return numbers is [>= 0 and <= 1 and var x, >= 0 and <= 1 and var y]
            ? new PlanPlace(x, y)
            : throw new MuseumException(
                ExitCode.Usage,
                $"X,Y: found '{text}', expected two fractions of the picture, from 0 to 1, such as 0.25,0.6; or {Nowhere}"
            );
    }

    private static OperatorMove Move(string verb, string detail) =>
        new(Environment.UserName, $"museums floor-plan {verb}", detail);

    private static void Tell(Work work, string verb, string said)
    {
        if (work.Session.Json)
            JsonOutput.Print(
                new FloorPlanChangeJson($"museums floor-plan {verb}", work.Store.Target, said),
                MuseumsShapes.Default.FloorPlanChangeJson
            );
        else
            Terminal.Out.MarkupLine(Show.Text(said));
    }

    private static void Print(FloorPlans plans, IReadOnlyList<PlaceJson> places)
    {
        var table = new Table().NoBorder();
        foreach (var title in (string[])["Floor", "Picture", "Exhibition", "Name", "Place"])
            table.AddColumn($"[bold]{title}[/]");
        foreach (var place in places.OrderBy(one => one.Floor, StringComparer.Ordinal))
        {
            var plan = plans.Pictures.FirstOrDefault(p => p.Floor == place.Floor);
            table.AddRow(
                Show.Text(place.Floor),
                plan is null
                    ? "none: a scheme"
                    : Show.Text(
                        string.Create(CultureInfo.InvariantCulture, $"{plan.MediaType}, {plan.Width} x {plan.Height}")
                    ),
                Show.Text(place.PublicId),
                Show.Text(place.Name),
                place.X is null
                    ? Nowhere
                    : string.Create(CultureInfo.InvariantCulture, $"{place.X:0.###},{place.Y:0.###}")
            );
        }

        Terminal.Out.Write(table);
    }

    private sealed record Work(Session Session, MuseumStore Store);
}

internal sealed record FloorPlansJson(
    string Command,
    string Target,
    string Museum,
    IReadOnlyList<FloorPlanJson> Pictures,
    IReadOnlyList<PlaceJson> Exhibitions
);

internal sealed record FloorPlanChangeJson(string Command, string Target, string Said);

internal sealed record FloorPlanJson(string Floor, string MediaType, int Width, int Height)
{
    public static FloorPlanJson Of(FloorPlan plan) => new(plan.Floor, plan.MediaType, plan.Width, plan.Height);
}

internal sealed record PlaceJson(string PublicId, string Name, string Floor, double? X, double? Y)
{
    public static PlaceJson Of(ExhibitionCard card, FloorPlans plans)
    {
        PlanPlace? place = plans.Places.TryGetValue(card.Id, out var known) ? known : null;
        return new(card.PublicId, card.Name, card.Floor, place?.X, place?.Y);
    }
}
