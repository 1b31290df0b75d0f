using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>A parameter no one reads is a slip of the pen, and its answer would be to another question: a call takes
/// those its handler declares.</summary>
internal static class KnownParameters
{
    /// <summary>Whoever looks at one museum may say so at every call, also at those that are about all of
    /// them.</summary>
    private const string Everywhere = "museum";

    public static EndpointFilterDelegate Only(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        string[] known =
        [
            .. Declared(endpoint.MethodInfo.GetParameters())
                .Prepend(Everywhere)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        return context =>
        {
            foreach (var (name, values) in context.HttpContext.Request.Query)
            {
                if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                    throw new BadQueryException(
                        name,
                        values.ToString(),
                        $"no such parameter: this call knows {string.Join(", ", known)}"
                    );
            }

            return next(context);
        };
    }

    private static IEnumerable<string> Declared(IEnumerable<ParameterInfo> parameters) =>
        parameters.SelectMany(parameter =>
            parameter.IsDefined(typeof(AsParametersAttribute))
                ? parameter.ParameterType.GetProperties().Select(Name).OfType<string>()
            : parameter.GetCustomAttribute<FromQueryAttribute>() is { } query ? [query.Name ?? parameter.Name!]
            : []
        );

    private static string? Name(PropertyInfo property) =>
        property.GetCustomAttribute<FromQueryAttribute>() is { } query ? query.Name ?? property.Name : null;
}
