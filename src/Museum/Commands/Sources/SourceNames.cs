using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Sources;

/// <summary>How a person names a source: its number, its path, its place as <c>sources list</c> shows it, or for a
/// stream <c>topic:partition</c>.</summary>
internal static class SourceNames
{
    public static string NameOf(LedgerSource source) =>
        SourcePlace.Of(source.Row.Kind, source.Row.Location, source.Row.Name);

    /// <summary>Those that are meant; several where a place is named.</summary>
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

    /// <summary>The one that is meant.</summary>
    /// <exception cref="MuseumException">None is, or several are.</exception>
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
