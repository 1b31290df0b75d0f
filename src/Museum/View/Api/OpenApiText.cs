using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MuseumPipeline.View.Api;

/// <summary>What the document says of the API as a whole.</summary>
internal static class OpenApiText
{
    public static void Describe(OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TableNames>().LastOrDefault() is { } tables
            && operation.Parameters?.FirstOrDefault(p => p.Name == "table")?.Schema is OpenApiSchema schema)
        {
            schema.Enum = [.. tables.Names.Select(name => (JsonNode)name)];
        }

        return Task.CompletedTask;
    }).AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Museum Pipeline dashboard",
            Version = "1",
            Description = "What the pages show, for notebooks and other tools. Instants are UTC, days are the museum's own, means have their full precision. "
                + "Every view can be had as CSV with format=csv, one table at a time: table names it. Errors are problem details (RFC 9457).",
        };
        // Whatever address the document was asked for by: others may reach it by another one.
        document.Servers?.Clear();
        return Task.CompletedTask;
    });
}
