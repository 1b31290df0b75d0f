namespace MuseumPipeline.Model;

/// <summary>A key or password. It is shown only where code asks for it by name.</summary>
public sealed class Secret(string value)
{
    /// <summary>The secret itself, for the one call that needs it.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}

/// <summary>The last safeguard: removes every known secret from a text before it is shown or logged.</summary>
public sealed class Redactor(IEnumerable<Secret> secrets)
{
    // A shorter "secret" (a password "a") would turn every text to stars and so reveal itself.
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
