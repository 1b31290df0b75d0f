namespace MuseumPipeline.Model;

/// <summary>A key or password: shows itself to nobody who does not ask for it by name.</summary>
public sealed class Secret(string value)
{
    /// <summary>The secret itself, for the one call that needs it.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}

/// <summary>The last line of defence: takes every known secret out of a text before it is shown or logged.</summary>
public sealed class Redactor(IEnumerable<Secret> secrets)
{
    // Shorter "secrets" (a password "a") would turn every text to stars and so betray themselves.
    private const int ShortestWorthHiding = 4;

    private readonly string[] _values =
    [
        .. secrets
            .Select(s => s.Reveal())
            .Where(v => v.Length >= ShortestWorthHiding)
            .Distinct()
            .OrderByDescending(v => v.Length),
    ];

    public static Redactor None { get; } = new([]);

    public string Redact(string text) =>
        Array.Exists(_values, text.Contains)
            ? _values.Aggregate(text, (t, secret) => t.Replace(secret, "***", StringComparison.Ordinal))
            : text;
}
