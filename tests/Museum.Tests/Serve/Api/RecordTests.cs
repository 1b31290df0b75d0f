using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Tests.Serve.Api;

/// <summary>One record as it was sent: read again from the object that holds it, or why it cannot be.</summary>
public sealed class RecordTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-record-").FullName;
    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Object => Path.Combine(directory, "lmnh_hist_data_1.csv");

    public async ValueTask InitializeAsync()
    {
        foreach (var file in Directory.GetFiles(Samples.Day))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        await File.AppendAllTextAsync(Object, "2023-03-06 10:00:00,99,3,\nnonsense\n", Cancel);
        server = await DashboardServer.OpenAsync(
            records: new RecordPlaces(place => new FolderBucket(place), null, Path.GetTempPath()),
            users: ["viewer", "security"]
        );
        await new Loader(
            server.Store,
            new FolderBucket(directory),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task<JsonElement> RecordAsync(string of, string id) =>
        await server.JsonAsync($"/api/v1/data/record?of={of}&id={id}", await server.LoginAsync("security"));

    /// <summary>Ids and lines of the presses of one kind that came from the second object.</summary>
    private async Task<List<(string Id, int Line)>> PressesAsync(string kind) => [.. (
                await server.Database.QueryAsync(
                    $"""
                    select i.{kind}_instance_id, i.position from {kind}_instance i
                    join source s on s.source_id = i.source_id where s.name = 'lmnh_hist_data_1.csv' order by 2
                    """
                )
            ).Select(row => row.Split('|')).Select(row => (row[0], int.Parse(row[1], null)))];

    [Fact]
    public async Task A_press_is_the_very_line_of_its_object()
    {
        var lines = await File.ReadAllLinesAsync(Object, Cancel);
        foreach (var (of, kind) in ((string, string)[])[("rating", "rating"), ("help", "support")])
        {
            var presses = await PressesAsync(kind);
            Assert.NotEmpty(presses);
            foreach (var (id, line) in ((string, int)[])[presses[0], presses[presses.Count / 2], presses[^1]])
            {
                var view = await RecordAsync(of, id);

                Assert.Equal($"lmnh_hist_data_1.csv, line {line}", view.GetProperty("source").GetString());
                var record = view.GetProperty("record");
                Assert.Equal(
                    lines[line - 1],
                    Encoding.UTF8.GetString(record.GetProperty("base64").GetBytesFromBase64())
                );
                Assert.Equal(lines[line - 1], record.GetProperty("text").GetString());
                Assert.Equal(lines[line - 1].Length, record.GetProperty("length").GetInt32());
                // Nothing is said of an arrival that nobody wrote down.
                Assert.Equal(JsonValueKind.Null, view.GetProperty("arrivedAt").ValueKind);
                Assert.Equal(JsonValueKind.String, view.GetProperty("loadedAt").ValueKind);
            }
        }
    }

    [Fact]
    public async Task A_refused_record_is_as_it_is_kept()
    {
        var expected = (await server.Store.Quarantine.ListAsync(new(), Cancel))[0];

        var view = await RecordAsync("refused", $"{expected.Id}");

        Assert.Equal(expected.Raw, view.GetProperty("record").GetProperty("base64").GetBytesFromBase64());
        Assert.Equal(expected.Place, view.GetProperty("source").GetString());
        Assert.Equal(JsonValueKind.String, view.GetProperty("arrivedAt").ValueKind);
    }

    [Fact]
    public async Task Of_an_object_that_is_another_one_or_gone_it_says_so()
    {
        var (id, line) = (await PressesAsync("rating"))[0];
        await File.AppendAllTextAsync(Object, "2023-03-06 12:00:00,0,1,\n", Cancel);
        var replaced = await RecordAsync("rating", id);
        Assert.Equal(JsonValueKind.Null, replaced.GetProperty("record").ValueKind);
        Assert.StartsWith(
            "the object is not the one that was loaded: ",
            replaced.GetProperty("why").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal($"lmnh_hist_data_1.csv, line {line}", replaced.GetProperty("source").GetString());

        File.Delete(Object);
        Assert.StartsWith(
            "the object is not the one that was loaded: ",
            (await RecordAsync("rating", id)).GetProperty("why").GetString(),
            StringComparison.Ordinal
        );

        Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        Assert.NotEqual("", (await RecordAsync("rating", id)).GetProperty("why").GetString());
    }

    [Fact]
    public async Task Whoever_only_looks_and_whoever_names_no_record_gets_none()
    {
        var (id, _) = (await PressesAsync("rating"))[0];
        using var viewer = await server.GetAsync(
            $"/api/v1/data/record?of=rating&id={id}",
            await server.LoginAsync("viewer")
        );
        using var unknown = await server.GetAsync(
            "/api/v1/data/record?of=rating&id=9",
            await server.LoginAsync("security")
        );
        using var other = await server.GetAsync(
            $"/api/v1/data/record?of=help&id={id}",
            await server.LoginAsync("security")
        );

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (viewer.StatusCode, unknown.StatusCode, other.StatusCode)
        );
    }
}
