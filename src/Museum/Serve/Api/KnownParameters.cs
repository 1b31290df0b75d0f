using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>An unknown parameter is a typing error, and ignoring it would answer another question: a call accepts only
/// those that its handler declares.</summary>
internal static class KnownParameters
{
    /// <summary>A page that shows one museum may add it to every call, also to those about all museums.</summary>
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
