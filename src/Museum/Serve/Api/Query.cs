using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>Single parameters, parsed strictly: errors are named, nothing is guessed.</summary>
internal static class Query
{
    public static int Limit(string? text, int usual, int most) => Number("limit", text, 1, most) ?? usual;

    public static int? Number(string parameter, string? text, int least, int most) =>
        Selection.Number(parameter, text, least, most);

    public static long? Id(string parameter, string? text) =>
        text is null or "" ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
        : throw new BadQueryException(parameter, text, "an id, as the rows have them");

    public static bool Flag(string parameter, string? text) => Selection.Flag(parameter, text, otherwise: false);

    public static string Word(string parameter, string? text, params ReadOnlySpan<string> words)
    {
        if (text is null or "")
            return words[0];
        return words.Contains(text)
            ? text
            : throw new BadQueryException(parameter, text, string.Join(" or ", words.ToArray()));
    }

    public static Reason? Reason(string? text) =>
        text is null or ""
            ? null
            : Reasons.Parse(text)
                ?? throw new BadQueryException("reason", text, $"one of {string.Join(", ", Reasons.All)}");

    /// <summary>By code; the first museum if none is named.</summary>
    public static MuseumCube Museum(string? code, CubeState state) => Selection.MuseumOf(code, state);
}
