using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Api;

/// <summary>Describes the API as a whole.</summary>
internal static class OpenApiText
{
    private const string Session = "session",
        Token = "token";

    public static void Describe(OpenApiOptions options) =>
        options
            .AddOperationTransformer(
                (operation, context, _) =>
                {
                    OpenApiCalls.Describe(operation, context.Description);
                    if (
                        context.Description.ActionDescriptor.EndpointMetadata.OfType<TableNames>().LastOrDefault()
                            is { } tables
                        && operation.Parameters?.FirstOrDefault(p => p.Name == "table")?.Schema is OpenApiSchema schema
                    )
                    {
                        schema.Enum = [.. tables.Names.Select(name => (JsonNode)name)];
                    }

                    AddGuards(operation, context.Description, context.Document);
                    return Task.CompletedTask;
                }
            )
            .AddSchemaTransformer(
                (schema, context, _) =>
                {
                    SayWhatIsWritten(schema, context.JsonTypeInfo);
                    return Task.CompletedTask;
                }
            )
            .AddDocumentTransformer(
                (document, context, _) =>
                {
                    document.Info = new OpenApiInfo
                    {
                        Title = "Museum Pipeline dashboard",
                        Version = "1",
                        License = new OpenApiLicense
                        {
                            Name = "MIT",
                            Url = new Uri("https://opensource.org/license/mit"),
                        },
                        Description =
                            "What the pages show, for notebooks and other tools. Instants are UTC, days are the "
                            + "museum's own, means have their full precision. "
                            + "Every view can be had as CSV with format=csv, one table at a time (table names it), "
                            + "or as a workbook with format=xlsx. "
                            + "Errors are problem details (RFC 9457).",
                    };
                    // Without the address at which the document was requested: others may use another one.
                    var path = document.Servers is [{ Url: { } url }, ..] ? new Uri(url).AbsolutePath : "/";
                    document.Servers = [new OpenApiServer { Url = path.Length > 1 ? path.TrimEnd('/') : path }];
                    document.Tags = new HashSet<OpenApiTag>(
                        OpenApiCalls.Tags.Select(tag => new OpenApiTag { Name = tag.Key, Description = tag.Value })
                    );
                    AddSecurity(document, context.ApplicationServices.GetRequiredService<Gate>());
                    return Task.CompletedTask;
                }
            );

    /// <summary>Corrects the framework's schemas, which describe what is accepted (numbers in quotes too) and ignore
    /// what converters write.</summary>
    private static void SayWhatIsWritten(OpenApiSchema schema, JsonTypeInfo type)
    {
        const JsonSchemaType Numbers = JsonSchemaType.Integer | JsonSchemaType.Number;
        if (schema.Type is { } either && (either & Numbers) != 0 && either.HasFlag(JsonSchemaType.String))
            (schema.Type, schema.Pattern) = (either & ~JsonSchemaType.String, null);
        if (schema.Type is null && (schema.Format == "date-time" || schema.Enum is { Count: > 0 }))
        {
            var optional = Nullable.GetUnderlyingType(type.Type) is not null;
            schema.Type = optional ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }

        // What a record inherits is no parameter of its constructor, and is always written all the same.
        foreach (var property in type.Properties.Where(of => of is { Get: not null, AssociatedParameter: null }))
        {
            if (
                type.Type.Assembly == typeof(OpenApiText).Assembly
                && schema.Properties?.ContainsKey(property.Name) == true
            )
                (schema.Required ??= new HashSet<string>()).Add(property.Name);
        }
    }

    /// <summary>A session's cookie, or a token that reads. Neither is asked for where nobody logs in.</summary>
    private static void AddSecurity(OpenApiDocument document, Gate gate)
    {
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Session] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = Login.CookieName(gate.Settings),
                Description = "As POST /login gives it; where the address names a port, -PORT follows the name.",
            },
            [Token] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "As museum users token add prints it; it reads and changes nothing.",
            },
        };
        document.Security =
        [
            new() { [new OpenApiSecuritySchemeReference(Session, document)] = [] },
            new() { [new OpenApiSecuritySchemeReference(Token, document)] = [] },
        ];
    }

    /// <summary>Headers and answers that apply to every endpoint, but are declared by none.</summary>
    private static void AddGuards(OpenApiOperation operation, ApiDescription call, OpenApiDocument? document)
    {
        var change = !HttpMethods.IsGet(call.HttpMethod ?? "");
        var responses = operation.Responses ??= [];
        if (change)
        {
            (operation.Parameters ??= []).Add(
                new OpenApiParameter
                {
                    Name = Visitors.ChangeHeader,
                    In = ParameterLocation.Header,
                    Required = true,
                    Description = "1: the change is no other site's.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["1"] },
                }
            );
        }

        var limited = call
            .ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
            .Any(asked => asked.Policy is not null);
        // A token reads what a viewer sees, and opens no stream.
        if (change || limited || OpenApiCalls.IsLive(call.RelativePath ?? ""))
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Session, document)] = [] }];
        Add(StatusCodes.Status401Unauthorized, "There is no login.");
        if (change || limited)
            Add(
                StatusCodes.Status403Forbidden,
                $"The caller's role may "
                    + $"not{(change ? $", the header {Visitors.ChangeHeader} is missing, or the change comes from another site's page" : "")}."
            );
        if (operation.Parameters?.Any(parameter => parameter.Name == "format") == true)
            Add(
                StatusCodes.Status429TooManyRequests,
                "Too many exports within a minute; Retry-After says how many seconds to wait."
            );
        Add(
            StatusCodes.Status503ServiceUnavailable,
            "The database is unavailable; Retry-After says how many seconds to wait."
        );

        void Add(int status, string description) =>
            responses.TryAdd(
                status.ToString(CultureInfo.InvariantCulture),
                new OpenApiResponse
                {
                    Description = description,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/problem+json"] = new()
                        {
                            Schema = new OpenApiSchemaReference("ProblemDetails", document),
                        },
                    },
                }
            );
    }
}
