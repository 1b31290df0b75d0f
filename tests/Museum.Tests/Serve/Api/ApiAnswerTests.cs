using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Serve;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

/// <summary>What every answer of the API has in common, and whether the document tells the truth about it.</summary>
public sealed class ApiAnswerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new(2023, 3, 7, 12, 45, 0, TimeSpan.Zero));
    private readonly TestStore database = TestStore.Sqlite();
    private Dashboard dashboard = null!;
    private HttpClient http = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Samples.LoadDayAsync(database.Store, CancellationToken.None);
        dashboard = await Dashboard.OpenAsync(
            new DashboardOptions(new IPEndPoint(IPAddress.Loopback, 0)),
            database.Store,
            clock,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        http = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri(dashboard.Address, "/api/v1/"),
        };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await dashboard.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? known = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await http.SendAsync(request, Cancel);
    }

    [Fact]
    public async Task Every_call_answers_as_the_document_says()
    {
        var text = await http.GetStringAsync("openapi.json", Cancel);
        var document = JsonNode.Parse(text)!;
        var events = JsonNode.Parse(await http.GetStringAsync("ratings/events?range=all", Cancel))!["events"]!;
        var press = events[0]!["id"]!.GetValue<string>();
        List<string> names = [];
        var asked = 0;
        foreach (var (path, calls) in document["paths"]!.AsObject())
        {
            foreach (var (method, call) in calls!.AsObject())
            {
                names.Add(call!["operationId"]!.GetValue<string>());
                if (method != "get" || call["responses"]!["200"]!["content"]?["application/json"] is null)
                    continue;
                var range = call["parameters"]?.AsArray().Any(p => p!["name"]!.GetValue<string>() == "range") == true;
                var answer = await http.GetStringAsync(
                    $"{path["/api/v1/".Length..]}{(range ? "?range=all" : "")}"
                        + (path.EndsWith("/exhibition", StringComparison.Ordinal) ? "&exhibition=EXH_00" : "")
                        + (path.EndsWith("/record", StringComparison.Ordinal) ? $"?of=rating&id={press}" : ""),
                    Cancel
                );
                var schema = call["responses"]!["200"]!["content"]!["application/json"]!["schema"]!.DeepClone();
                Assert.Equal([], FaultsOf(document, schema, answer, path));
                asked++;
            }
        }

        Assert.Equal(names.Distinct(), names);
        Assert.True(asked >= 14, $"only {asked} calls were asked");
    }

    private static List<string> FaultsOf(JsonNode document, JsonNode schema, string answer, string path)
    {
        var whole = new JsonObject
        {
            ["allOf"] = new JsonArray(schema),
            ["$defs"] = document["components"]!["schemas"]!.DeepClone(),
        };
        var text = whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(answer);
        var result = JsonSchema
            .FromText(text)
            .Evaluate(parsed.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid
            ? []
            :
            [
                .. (result.Details ?? [])
                    .Where(detail => detail.Errors is { Count: > 0 })
                    .Select(detail => $"{path} {detail.InstanceLocation}: {string.Join("; ", detail.Errors!.Values)}"),
            ];
    }

    [Fact]
    public async Task The_document_says_how_one_comes_in_and_what_parameters_take()
    {
        var document = JsonNode.Parse(await http.GetStringAsync("openapi.json", Cancel))!;
        var parameters = document["paths"]!["/api/v1/ratings/trend"]!["get"]!["parameters"]!.AsArray();

        Assert.Equal(["session", "token"], document["components"]!["securitySchemes"]!.AsObject().Select(s => s.Key));
        Assert.Equal("/", document["servers"]![0]!["url"]!.GetValue<string>());
        Assert.Equal("""["today","7d","28d","all"]""", SchemaOf("range")["enum"]!.ToJsonString());
        Assert.Equal("boolean", SchemaOf("wait")["type"]!.GetValue<string>());
        Assert.Equal("date", SchemaOf("from")["format"]!.GetValue<string>());
        Assert.Equal(
            ["application/json", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
            document["paths"]!["/api/v1/ratings/trend"]!["get"]!["responses"]!["200"]!["content"]!
                .AsObject()
                .Select(content => content.Key)
        );

        JsonNode SchemaOf(string name) => parameters.Single(p => p!["name"]!.GetValue<string>() == name)!["schema"]!;
    }

    [Fact]
    public async Task An_answer_that_did_not_change_is_not_sent_again()
    {
        using var first = await SendAsync(HttpMethod.Get, "ratings?range=all");
        var tag = first.Headers.ETag!.ToString();
        clock.Advance(TimeSpan.FromMinutes(1));

        using var again = await SendAsync(HttpMethod.Get, "ratings?range=all", $"\"other\", {tag}");
        using var other = await SendAsync(HttpMethod.Get, "ratings?range=all&floor=Vault", tag);

        Assert.StartsWith("W/\"", tag, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotModified, tag), (again.StatusCode, again.Headers.ETag!.ToString()));
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.NotEqual(tag, other.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("ratings?range=all", HttpStatusCode.OK)]
    [InlineData("ratings?range=all&format=csv", HttpStatusCode.OK)]
    [InlineData("ratings?range=bad", HttpStatusCode.BadRequest)]
    [InlineData("openapi.json", HttpStatusCode.OK)]
    [InlineData("../../account", HttpStatusCode.OK)]
    public async Task Whoever_asks_with_HEAD_gets_the_headers_alone(string path, HttpStatusCode status)
    {
        using var get = await SendAsync(HttpMethod.Get, path);
        using var head = await SendAsync(HttpMethod.Head, path);

        Assert.Equal((status, status), (get.StatusCode, head.StatusCode));
        Assert.Equal(
            (get.Content.Headers.ContentType, get.Content.Headers.ContentLength, get.Headers.ETag),
            (head.Content.Headers.ContentType, head.Content.Headers.ContentLength, head.Headers.ETag)
        );
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Whoever_asks_the_stream_with_HEAD_opens_none()
    {
        using var head = await SendAsync(HttpMethod.Head, "live");

        Assert.Equal(
            (HttpStatusCode.OK, "text/event-stream"),
            (head.StatusCode, head.Content.Headers.ContentType!.MediaType)
        );
        Assert.Equal(0, dashboard.Streams);
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_too()
    {
        using var none = await SendAsync(HttpMethod.Get, "nothing");

        Assert.Equal(
            (HttpStatusCode.NotFound, "application/problem+json"),
            (none.StatusCode, none.Content.Headers.ContentType!.MediaType)
        );
        Assert.NotEmpty(await none.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_csv_begins_with_a_byte_order_mark_where_it_is_asked_for()
    {
        var plain = await http.GetByteArrayAsync("ratings?range=all&format=csv", Cancel);
        var marked = await http.GetByteArrayAsync("ratings?range=all&format=csv&bom=true", Cancel);

        Assert.Equal([0xEF, 0xBB, 0xBF, .. plain], marked);
        Assert.Equal("publicId", Encoding.UTF8.GetString(plain)[..8]);
    }

    [Fact]
    public async Task A_workbook_has_a_sheet_for_every_table_and_texts_are_no_formulas()
    {
        await database.QueryAsync("update exhibition set exhibition_name = '=1+1' where public_id = 'EXH_00'");
        clock.Advance(TimeSpan.FromSeconds(2));
        using var answer = await SendAsync(HttpMethod.Get, "museums?format=xlsx");
        using var ratings = await SendAsync(HttpMethod.Get, "ratings?range=all&format=xlsx");
        using var one = await SendAsync(HttpMethod.Get, "ratings?range=all&format=xlsx&table=floors");

        Assert.Equal("museums.xlsx", answer.Content.Headers.ContentDisposition!.FileName);
        var sheet = await PartAsync(answer, "xl/worksheets/sheet1.xml");
        Assert.Contains(">=1+1<", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("<f>", sheet, StringComparison.Ordinal);
        var book = await PartAsync(ratings, "xl/workbook.xml");
        Assert.All(
            (string[])["exhibitions", "departments", "floors"],
            name => Assert.Contains($"name=\"{name}\"", book, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("departments", await PartAsync(one, "xl/workbook.xml"), StringComparison.Ordinal);
    }

    private static async Task<string> PartAsync(HttpResponseMessage answer, string part)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var file = await answer.Content.ReadAsStreamAsync(Cancel);
        using var zip = new ZipArchive(file);
        using var reader = new StreamReader(zip.GetEntry(part)!.Open());
        return await reader.ReadToEndAsync(Cancel);
    }
}
