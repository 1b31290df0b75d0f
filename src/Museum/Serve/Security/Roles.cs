namespace MuseumPipeline.Serve.Security;

/// <summary>Each role may also do what those before it may.</summary>
internal static class Roles
{
    /// <summary>Looks.</summary>
    public const string Viewer = "viewer";

    /// <summary>Acknowledges calls for help.</summary>
    public const string Security = "security";

    /// <summary>Replays the quarantine and reads what operators did.</summary>
    public const string Operator = "operator";

    /// <summary>The least first.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Security, Operator];

    /// <summary>This role and those above it.</summary>
    public static IReadOnlyList<string> From(string role) => [.. All.SkipWhile(r => r != role)];

    /// <summary>The highest of these; null if none is one of ours.</summary>
    public static string? Highest(IEnumerable<string> roles) => All.LastOrDefault(roles.Contains);
}
