using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MuseumPipeline.Store.Sql;

/// <summary>One step of the schema: a plain SQL file, compiled into the program.</summary>
internal sealed record Migration(int Version, string Name, string Sql);

/// <summary>The schema's steps. Applied steps are never edited; a change is a new file.</summary>
internal static class Migrations
{
    /// <summary>The steps for <c>postgres</c> or <c>sqlite</c>, in order.</summary>
    public static IReadOnlyList<Migration> For(string dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"schema/{dialect}/";
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Read(assembly, name, Path.GetFileNameWithoutExtension(name[prefix.Length..]))),
        ];
    }

    /// <summary>The statements of all steps that create and alter a table.</summary>
    public static string TableOf(string dialect, string table)
    {
        var own = new Regex($"^(create|alter) table {table} [^;]*;", RegexOptions.Multiline);
        return string.Join('\n', For(dialect).SelectMany(step => own.Matches(step.Sql)));
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
