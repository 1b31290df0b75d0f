using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Known;

/// <summary>Checks, before the first row of a source is written, whether its content is there under other names: a
/// copy, another compression, other line ends, a part of it, a merge of several.</summary>
internal static class KnownContent
{
    private const double Share = 0.9;
    private const int MostNamed = 5;

    /// <param name="claim">Asked over its connection, so that a load of many small objects opens none for it.</param>
    /// <exception cref="KnownContentException">It is there.</exception>
    public static async Task RefuseAsync(
        MuseumStore store,
        SourceIdentity identity,
        PressSample sample,
        Claim? claim,
        CancellationToken cancel
    )
    {
        if (sample.Presses.Count < PressSample.Least)
            return;
        var found = await store.Ledger.FindAsync(sample.Presses, identity, claim, cancel);
        if (found.Presses < sample.Presses.Count * Share)
            return;
        var names = string.Join(", ", found.Sources.Take(MostNamed));
        var more = found.Sources.Count > MostNamed ? $" and {found.Sources.Count - MostNamed} more" : "";
        throw new KnownContentException(identity, $"its presses are already there, from {names}{more}");
    }
}

/// <summary>The content of this source is in the tables under other sources.</summary>
internal sealed class KnownContentException(SourceIdentity identity, string found) : Exception(found)
{
    public SourceIdentity Identity { get; } = identity;
}
