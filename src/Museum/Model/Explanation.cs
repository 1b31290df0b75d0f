namespace MuseumPipeline.Model;

/// <summary>What is wrong, as data; the sentence for people is made of these parts. Never holds a secret.</summary>
/// <param name="Found">What was found, and where.</param>
/// <param name="Settings">The keys of the settings that may be at fault, the likeliest first.</param>
/// <param name="Fix">What to do; null if the text of what was found says it.</param>
internal sealed record Explanation(string Found, IReadOnlyList<string> Settings, string? Fix = null)
{
    /// <summary>What was expected instead; null if it is obvious.</summary>
    public string? Expected { get; init; }

    /// <summary>All parts as one text.</summary>
    public string Text =>
        Found + (Expected is null ? "" : $", expected {Expected}") + (Fix is null ? "" : $". To fix it: {Fix}.");
}
