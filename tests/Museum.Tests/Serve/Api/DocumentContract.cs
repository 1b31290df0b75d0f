using System.Text.Json;
using System.Text.RegularExpressions;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteDocumentTests() : DocumentContract(TestStore.SqliteAsync);

public sealed class PostgresDocumentTests(PostgresServer server)
    : DocumentContract(() => TestStore.PostgresAsync(server));

/// <summary>What the OpenAPI document says of the API.</summary>
public abstract partial class DocumentContract(Func<Task<TestStore>> create) : ApiContract(create)
{
    [Fact]
    public async Task The_document_tells_what_stands_before_every_call()
    {
        var calls = (await AskAsync("openapi.json"))
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .ToList();
        Assert.All(calls, call => Assert.NotEmpty(call.Value.GetProperty("summary").GetString()!));
        Assert.All(calls, call => Assert.Superset(new HashSet<string> { "401", "503" }, Responses(call.Value)));
        Assert.Contains(calls, call => call.Name == "post");
        foreach (var post in calls.Where(call => call.Name == "post"))
        {
            var header = post
                .Value.GetProperty("parameters")
                .EnumerateArray()
                .Single(p => p.GetProperty("name").GetString() == "X-Museum");
            Assert.Equal(
                ("header", true),
                (header.GetProperty("in").GetString(), header.GetProperty("required").GetBoolean())
            );
            Assert.Contains("403", Responses(post.Value));
        }

        var paths = (await AskAsync("openapi.json")).GetProperty("paths");
        Assert.Contains("403", Responses(paths.GetProperty("/api/v1/data/audit").GetProperty("get")));
        Assert.Contains("429", Responses(paths.GetProperty("/api/v1/ratings").GetProperty("get")));
        Assert.DoesNotContain("403", Responses(paths.GetProperty("/api/v1/ratings").GetProperty("get")));

        static HashSet<string> Responses(JsonElement call) =>
            [.. call.GetProperty("responses").EnumerateObject().Select(response => response.Name)];
    }

    /// <summary>Programs are generated from it: a number must not be "number or string", and an instant is a
    /// string.</summary>
    [Fact]
    public async Task The_document_says_of_every_field_what_is_written()
    {
        var fields = (await AskAsync("openapi.json"))
            .GetProperty("components")
            .GetProperty("schemas")
            .EnumerateObject()
            .Where(schema => schema.Value.TryGetProperty("properties", out _))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject())
            .Where(field => !field.Value.TryGetProperty("$ref", out _) && !field.Value.TryGetProperty("oneOf", out _))
            .ToList();
        Assert.NotEmpty(fields);
        Assert.All(
            fields,
            field =>
            {
                var types = Types(field.Value);
                Assert.NotEmpty(types);
                Assert.True(types.Except(["null"]).Count() == 1, $"{field.Name}: {string.Join(" or ", types)}");
            }
        );
        Assert.Equal(["string"], Types(fields.First(field => field.Name == "generatedAt").Value));
        Assert.Equal(["null", "string"], Types(fields.First(field => field.Name == "acknowledgedAt").Value));

        static List<string> Types(JsonElement field) =>
            !field.TryGetProperty("type", out var type) ? []
            : type.ValueKind is JsonValueKind.String ? [type.GetString()!]
            : [.. type.EnumerateArray().Select(t => t.GetString()!).Order(StringComparer.Ordinal)];
    }

    /// <summary>What a record inherits is written as well as its own.</summary>
    [Fact]
    public async Task Every_field_of_an_answer_is_said_to_be_there()
    {
        var schemas = (await AskAsync("openapi.json")).GetProperty("components").GetProperty("schemas");
        foreach (var name in (string[])["RatingRow", "NamedScore", "LaunchChange", "HelpPress", "Kiosk"])
        {
            var schema = schemas.GetProperty(name);
            Assert.Equal(
                schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).Order(),
                schema.GetProperty("required").EnumerateArray().Select(field => field.GetString()!).Order()
            );
        }
    }

    /// <summary>A token reads what a viewer sees, and opens no stream.</summary>
    [Theory]
    [InlineData("/ratings", "get", "session token")]
    [InlineData("/live", "get", "session")]
    [InlineData("/data/audit", "get", "session")]
    [InlineData("/help/act", "post", "session")]
    public async Task The_document_says_what_a_token_is_good_for(string path, string method, string ways)
    {
        var document = await AskAsync("openapi.json");
        var call = document.GetProperty("paths").GetProperty($"/api/v1{path}").GetProperty(method);
        var security = call.TryGetProperty("security", out var own) ? own : document.GetProperty("security");

        Assert.Equal(
            ways,
            string.Join(' ', security.EnumerateArray().Select(way => way.EnumerateObject().Single().Name))
        );
    }

    [Fact]
    public async Task The_document_describes_every_parameter_and_answer_of_these_views()
    {
        var document = await AskAsync("openapi.json");
        foreach (
            var path in (string[])
                ["/api/v1/museums", "/api/v1/ratings", "/api/v1/ratings/trend", "/api/v1/ratings/busiest"]
        )
        {
            var get = document.GetProperty("paths").GetProperty(path).GetProperty("get");
            Assert.NotEmpty(get.GetProperty("summary").GetString()!);
            Assert.All(
                get.GetProperty("parameters").EnumerateArray(),
                p => Assert.NotEmpty(p.GetProperty("description").GetString()!)
            );
            Assert.True(
                get.GetProperty("responses")
                    .GetProperty("200")
                    .GetProperty("content")
                    .GetProperty("application/json")
                    .TryGetProperty("schema", out _)
            );
        }

        var names = document
            .GetProperty("paths")
            .GetProperty("/api/v1/ratings")
            .GetProperty("get")
            .GetProperty("parameters")
            .EnumerateArray()
            .Select(p => p.GetProperty("name").GetString());
        Assert.Equal(
            [
                "museum",
                "range",
                "from",
                "to",
                "exhibition",
                "floor",
                "department",
                "excludeRepeats",
                "wait",
                "weekday",
                "hour",
                "format",
                "table",
                "bom",
            ],
            names
        );
        Assert.Equal(["exhibitions", "floors", "hours", "heat", "weeks"], TablesOf("/api/v1/safety"));
        Assert.Equal(["reasons", "sites"], TablesOf("/api/v1/data/refused"));
        Assert.Equal(["runs"], TablesOf("/api/v1/data/loads"));
        Assert.Contains(
            "on-target",
            document.GetProperty("components").GetProperty("schemas").GetProperty("RatingStatus").GetRawText(),
            StringComparison.Ordinal
        );

        IEnumerable<string?> TablesOf(string path) =>
            document
                .GetProperty("paths")
                .GetProperty(path)
                .GetProperty("get")
                .GetProperty("parameters")
                .EnumerateArray()
                .Single(p => p.GetProperty("name").GetString() == "table")
                .GetProperty("schema")
                .GetProperty("enum")
                .EnumerateArray()
                .Select(name => name.GetString());
    }

    [Fact]
    public async Task Every_call_is_in_the_documentation_and_no_other()
    {
        var calls = (await AskAsync("openapi.json"))
            .GetProperty("paths")
            .EnumerateObject()
            .Select(path => path.Name["/api/v1".Length..])
            .ToHashSet();
        var api = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "api.md"), Cancel);
        var dashboard = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "dashboard.md"), Cancel);

        Assert.All(
            calls,
            call =>
                Assert.True(
                    api.Contains($"`{call}`", StringComparison.Ordinal)
                        || dashboard.Contains($"/api/v1{call}`", StringComparison.Ordinal)
                        || dashboard.Contains($"`…{call[call.LastIndexOf('/')..]}`", StringComparison.Ordinal),
                    $"{call} is in neither docs/api.md nor docs/dashboard.md"
                )
        );
        var table = api.Split('\n').Where(line => line.StartsWith("| `/", StringComparison.Ordinal));
        Assert.Subset(calls, table.SelectMany(row => Named().Matches(row)).Select(m => m.Groups[1].Value).ToHashSet());
    }

    [GeneratedRegex("`(/[a-z/{}]+)`")]
    private static partial Regex Named();
}
