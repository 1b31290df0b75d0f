using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Api.Events;

namespace MuseumPipeline.Serve.Api;

/// <summary>What the document says of single calls: their names, what their parameters take, in what formats they
/// answer. Handlers read texts, so that what is wrong can be named; a program may know better.</summary>
internal static class OpenApiCalls
{
    /// <summary>What belongs together, and how it is headed.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tags = new Dictionary<string, string>
    {
        ["museums"] = "Museums, their hours and their exhibitions.",
        ["ratings"] = "How exhibitions are liked.",
        ["safety"] = "Calls for help, and what is done about them.",
        ["data"] = "How good and how fresh the data is.",
        ["session"] = "Who is asking, and live events.",
    };

    private static readonly Dictionary<string, Func<OpenApiSchema>> Parameters = new(StringComparer.Ordinal)
    {
        ["range"] = () => Words("today", "7d", "28d", "all"),
        ["by"] = () => Words("hour", "day", "week", "auto"),
        ["format"] = () => Words("json", "csv", "xlsx"),
        ["reason"] = () => Words([.. Reasons.All]),
        ["of"] = () => Words("rating", "help", "refused"),
        ["id"] = () => new() { Type = JsonSchemaType.String, Pattern = "^[0-9]+$" },
        ["answer"] = () => Words("any", "answered", "unanswered", "resolved"),
        ["from"] = Day,
        ["to"] = Day,
        ["excludeRepeats"] = Flag,
        ["wait"] = Flag,
        ["help"] = Flag,
        ["bom"] = Flag,
        ["limit"] = () => Number(1, null),
        ["weekday"] = () => Number(1, 7),
        ["hour"] = () => new() { Type = JsonSchemaType.Array, Items = Number(0, 23) },
        ["type"] = () => new() { Type = JsonSchemaType.Array, Items = Number(0, null) },
        ["before"] = () => new() { Type = JsonSchemaType.String, Pattern = "^[0-9]+$" },
    };

    public static void Describe(OpenApiOperation operation, ApiDescription call)
    {
        var path = call.RelativePath ?? "";
        operation.OperationId = NameOf(call.HttpMethod ?? "GET", path);
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter.In is not ParameterLocation.Query)
                continue;
            // The handlers' compiler declares every array as required, though it reads an absent one as empty.
            parameter.Required = false;
            if (SchemaOf(parameter.Name!, path) is { } schema)
                parameter.Schema = schema;
        }

        if (operation.Parameters?.Any(parameter => parameter.Name == "format") == true)
            AddFormats(operation);
        if (HttpMethods.IsGet(call.HttpMethod ?? "") && !IsLive(path))
            AddValidators(operation);
        if (operation.Parameters?.Any(parameter => parameter.Name == "cursor") == true)
            AddHeader(operation, EventsEndpoints.Next, "Of a CSV: the cursor of the next page; absent on the last.");
    }

    public static bool IsLive(string path) => path.EndsWith("/v1/live", StringComparison.Ordinal);

    /// <summary><c>getRatingsTrend</c>, <c>postHelpAcknowledge</c>: the method and the words of the path.</summary>
    private static string NameOf(string method, string path)
    {
        var words = path[(ApiEndpoints.Root.Length - 1)..]
            .Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word[0] != '{')
            .SelectMany(word => word.Split('-'))
            .Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]);
        return method.ToLowerInvariant() + string.Concat(words);
    }

    private static OpenApiSchema? SchemaOf(string name, string path) =>
        name == "state"
            ? Words(path.EndsWith("/quarantine", StringComparison.Ordinal) ? ["held", "replayed"] : ["all", "open"])
            : Parameters.GetValueOrDefault(name)?.Invoke();

    private static void AddFormats(OpenApiOperation operation)
    {
        if (operation.Responses?.GetValueOrDefault("200") is not OpenApiResponse { Content: { } content })
            return;
        content.TryAdd(
            "text/csv",
            new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }
        );
        content.TryAdd(
            Workbook.MediaType,
            new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
            }
        );
    }

    private static void AddValidators(OpenApiOperation operation)
    {
        AddHeader(operation, "ETag", "Sent back as If-None-Match, it is answered with 304 while nothing has changed.");
        operation.Responses?.TryAdd(
            "304",
            new OpenApiResponse { Description = "Nothing has changed since the answer with the ETag that was sent." }
        );
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description)
    {
        if (operation.Responses?.GetValueOrDefault("200") is not OpenApiResponse found)
            return;
        (found.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
    }

    private static OpenApiSchema Words(params ReadOnlySpan<string> words) =>
        new() { Type = JsonSchemaType.String, Enum = [.. words.ToArray().Select(word => (JsonNode)word)] };

    private static OpenApiSchema Day() => new() { Type = JsonSchemaType.String, Format = "date" };

    private static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean };

    private static OpenApiSchema Number(int least, int? most) =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Minimum = least.ToString(CultureInfo.InvariantCulture),
            Maximum = most?.ToString(CultureInfo.InvariantCulture),
        };
}
