using System.Text.Json;

namespace MuseumPipeline.Tests.Commands;

public sealed class FloorPlanCommandTests : IAsyncLifetime
{
    private readonly MuseumProcess museum = new();

    public async ValueTask InitializeAsync() =>
        Assert.Equal(
            0,
            (await museum.RunAsync("load", "-b", Path.Combine(Repository.Root, "samples", "bucket"))).ExitCode
        );

    public ValueTask DisposeAsync()
    {
        museum.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<MuseumProcess.Outcome> RunAsync(params string[] words) =>
        museum.RunAsync(["museums", "floor-plan", .. words]);

    [Fact]
    public async Task A_floor_gets_its_picture_and_an_exhibition_its_place()
    {
        museum.Write(
            "plan.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 300 200' onload='alert(1)'><script/></svg>"
        );
        var before = (await RunAsync("list", "--json")).Json;
        var exhibition = before.GetProperty("exhibitions")[0];
        var (id, floor) = (
            exhibition.GetProperty("public_id").GetString()!,
            exhibition.GetProperty("floor").GetString()!
        );
        Assert.Equal(0, before.GetProperty("pictures").GetArrayLength());

        var set = await RunAsync("set", floor, "plan.svg");
        Assert.Equal(0, set.ExitCode);
        Assert.Contains("1 x onload, 1 x script", set.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("place", id, "0.25,0.6")).ExitCode);

        var after = (await RunAsync("list", "--json", "--museum", "lmnh")).Json;
        var picture = Assert.Single(after.GetProperty("pictures").EnumerateArray());
        Assert.Equal(
            (floor, "image/svg+xml", 300),
            (
                picture.GetProperty("floor").GetString(),
                picture.GetProperty("media_type").GetString(),
                picture.GetProperty("width").GetInt32()
            )
        );
        Assert.Equal(
            (0.25, 0.6),
            (
                after.GetProperty("exhibitions")[0].GetProperty("x").GetDouble(),
                after.GetProperty("exhibitions")[0].GetProperty("y").GetDouble()
            )
        );
        Assert.Contains("300 x 200", (await RunAsync("list")).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync("place", id, "none")).ExitCode);
        Assert.Equal(0, (await RunAsync("remove", floor)).ExitCode);
        var end = (await RunAsync("list", "--json")).Json;
        Assert.Equal(0, end.GetProperty("pictures").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, end.GetProperty("exhibitions")[0].GetProperty("x").ValueKind);
    }

    [Fact]
    public async Task What_cannot_be_done_says_what_can()
    {
        museum.Write("notes.txt", "no picture");
        // The first bytes of a PNG, and nothing behind them.
        File.WriteAllBytes(
            Path.Combine(museum.Directory, "cut.png"),
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        );
        (string[] Words, int Code, string Says)[] wrong =
        [
            (["set", "1", "nowhere.png"], 3, "cannot read"),
            (["set", "1", "notes.txt"], 5, "expected a picture: SVG, PNG, JPEG or WebP"),
            (["set", "1", "cut.png"], 5, "found image/png without a size, perhaps cut off, expected a whole picture"),
            (["place", "EXH_00", "1.5,0"], 2, "expected two fractions of the picture"),
            (["place", "EXH_00", "a"], 2, "expected two fractions of the picture"),
            (["place", "EXH_99", "0,0"], 3, "found no exhibition 'EXH_99', expected the public id of one: EXH_00"),
            (["remove", "1"], 3, "museum museums floor-plan list"),
            (
                ["list", "--museum", "nowhere"],
                2,
                "--museum names the museum of the floor: found 'nowhere', expected one of LMNH"
            ),
        ];
        foreach (var (words, code, says) in wrong)
        {
            var outcome = await RunAsync(words);
            Assert.Equal((code, true), (outcome.ExitCode, outcome.Error.Contains(says, StringComparison.Ordinal)));
        }
    }
}
