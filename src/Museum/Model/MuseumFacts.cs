using System.Text.RegularExpressions;

namespace MuseumPipeline.Model;

/// <summary>What an operator sets for a museum.</summary>
public sealed partial record MuseumFacts(
    string Code,
    string Name,
    string Topic,
    string Prefix,
    TimeOnly Opens,
    TimeOnly Closes,
    string TimeZone
)
{
    private const int MostName = 200;

    /// <summary>Refuses impossible values before they are stored and used to judge every press.</summary>
    /// <exception cref="MuseumException">The first thing that is wrong.</exception>
    public void Check()
    {
        if (!CodeRule().IsMatch(Code))
            throw Wrong("the code", Code, "1 to 32 letters, digits, - or _");
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > MostName || Name.Any(char.IsControl))
            throw Wrong("the name", Name, $"1 to {MostName} characters on one line");
        if (!IsTopic(Topic))
            throw Wrong("the topic", Topic, "a name Kafka takes: 1 to 249 letters, digits, '.', '_' or '-'");
        if (!PrefixRule().IsMatch(Prefix))
            throw Wrong(
                "the prefix",
                Prefix,
                "what the museum's objects start with, before _hist_data_: 1 to 100 letters, digits, '.', '_' or '-'"
            );
        if (Opens >= Closes)
            throw Wrong(
                "the opening hours",
                $"{Opens:HH:mm} to {Closes:HH:mm}",
                "a museum that opens before it closes, on the same day"
            );
        if (TimeZones.Missing() is { } missing)
            throw new MuseumException(ExitCode.Configuration, missing);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) || !zone.HasIanaId)
            throw Wrong("the time zone", TimeZone, $"a name of the IANA list, as {Suggest(TimeZone)}");
    }

    /// <summary>Whether Kafka takes it for a topic's name.</summary>
    public static bool IsTopic(string text) => TopicRule().IsMatch(text) && text is not ("." or "..");

    private static MuseumException Wrong(string what, string found, string expected) =>
        new(ExitCode.Usage, $"{what}: found '{found}', expected {expected}");

    /// <summary>The usual mistake is to give only the town.</summary>
    private static string Suggest(string zone)
    {
        var town = zone.Split('/')[^1].Trim().Replace(' ', '_');
        return TimeZoneInfo
                .GetSystemTimeZones()
                .Where(z => z.HasIanaId && z.Id.Contains('/', StringComparison.Ordinal))
                .Select(z => z.Id)
                .Order(StringComparer.Ordinal)
                .FirstOrDefault(id => id.EndsWith($"/{town}", StringComparison.OrdinalIgnoreCase))
            ?? "Europe/London";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,32}\z")]
    private static partial Regex CodeRule();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,249}\z")]
    private static partial Regex TopicRule();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex PrefixRule();
}
