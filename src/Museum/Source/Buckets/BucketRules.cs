using System.Text.RegularExpressions;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Which objects of a general-purpose bucket are ours, by museum prefix. Everything else is listed as
/// ignored.</summary>
internal static partial class BucketRules
{
    /// <summary>True for <c>{prefix}_hist_data_{integer}.csv</c>, with or without gzip (<c>.gz</c>), directly below the
    /// folder: merge outputs (<c>_all</c>, <c>_full</c>) are not ours.</summary>
    public static bool IsHistory(string key, string folder, string museumPrefix) =>
        Matches(key, folder, museumPrefix, History());

    /// <summary>True for <c>{prefix}_exhibition_{word}.json</c> directly below the folder.</summary>
    public static bool IsExhibition(string key, string folder, string museumPrefix) =>
        Matches(key, folder, museumPrefix, Exhibition());

    /// <summary>True for the usual names of a merge of history, directly below the folder.</summary>
    public static bool LooksMerged(string key, string folder) =>
        key.StartsWith(folder, StringComparison.Ordinal) && Merged().IsMatch(key.AsSpan(folder.Length));

    private static bool Matches(string key, string folder, string museumPrefix, Regex rest) =>
        key.StartsWith(folder, StringComparison.Ordinal)
        && key.AsSpan(folder.Length).StartsWith(museumPrefix, StringComparison.Ordinal)
        && rest.IsMatch(key.AsSpan(folder.Length + museumPrefix.Length));

    [GeneratedRegex(@"\A_hist_data_[0-9]+\.csv(\.gz)?\z")]
    private static partial Regex History();

    [GeneratedRegex(@"\A[^/]*(hist|merge)[^/]*\.csv(\.gz)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Merged();

    [GeneratedRegex(@"\A_exhibition_[A-Za-z0-9_]+\.json\z")]
    private static partial Regex Exhibition();
}
