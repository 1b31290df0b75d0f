namespace MuseumPipeline.Model;

/// <summary>What is wrong with a connection, in words for whoever has to mend it. Never holds a secret.</summary>
/// <param name="Found">What was found.</param>
/// <param name="Settings">The keys of the settings that may be at fault, the likeliest first.</param>
/// <param name="Mend">What to do.</param>
internal sealed record Explanation(string Found, IReadOnlyList<string> Settings, string Mend)
{
    /// <summary>The whole as one text.</summary>
    public string Text => $"{Found}. To mend it: {Mend}.";
}
