using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Serve.Security;

/// <summary>What somebody may be called: one form of each name, bounded, and nothing in it that hides or turns text
/// around.</summary>
internal static class Names
{
    public const int Longest = 64;

    /// <summary>Null where it is no name.</summary>
    public static string? Normal(string? given)
    {
        if (given is null)
            return null;
        var name = given.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        return name.Length is > 0 and <= Longest && name.EnumerateRunes().All(SafeText.IsPlain) ? name : null;
    }
}
