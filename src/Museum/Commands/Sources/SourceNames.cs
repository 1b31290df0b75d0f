using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Sources;

/// <summary>How a person names a source: its number, its path, its place as <c>sources list</c> shows it, or
/// <c>topic:partition</c> for a stream.</summary>
internal static class SourceNames
{
    public static string NameOf(LedgerSource source) =>
        SourcePlace.Of(source.Row.Kind, source.Row.Location, source.Row.Name);

    /// <summary>The sources named; several for a place.</summary>
    public static List<LedgerSource> Find(IReadOnlyList<LedgerSource> sources, string name)
    {
        var full = name.Contains(':') ? name : Path.GetFullPath(name);
        return
        [
            .. sources.Where(source =>
                source.Row.Id.ToString(CultureInfo.InvariantCulture) == name
                || source.Path == name
                || source.Path == full
                || NameOf(source) == name
                || source.Row.Location == name
                || source.Row.Location == full
                || (
                    source.Row.Kind == SourceIdentity.Stream
                    && NameOf(source).StartsWith(name + ":", StringComparison.Ordinal)
                )
            ),
        ];
    }

    /// <summary>The one source named.</summary>
    /// <exception cref="MuseumException">There is none, or more than one.</exception>
    public static LedgerSource One(IReadOnlyList<LedgerSource> sources, string name) =>
        Find(sources, name) switch
        {
            [var one] => one,
            [] => throw Unknown(name),
            var several => throw new MuseumException(
                ExitCode.Usage,
                $"found {name}, which names {several.Count} sources; expected one of them, by its number: "
                    + string.Join(", ", several.Take(8).Select(s => $"{s.Row.Id} {NameOf(s)}"))
            ),
        };

    public static MuseumException Unknown(string name) =>
        new(
            ExitCode.Usage,
            $"found {name}, expected a source by its number or its name: museum sources list shows them"
        );
}
