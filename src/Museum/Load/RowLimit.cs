using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary><c>--num_rows N</c>: the first N ratings and the first N calls for help of the bucket, in the order of its
/// keys, and no more, however often it is run. Rows that are already there count.</summary>
internal sealed class RowLimit(long most)
{
    private long ratings = most,
        support = most;

    /// <summary>True if there is room for one more of this kind, which it then takes.</summary>
    public bool Take(PressKind kind) => kind is PressKind.Rating ? ratings-- > 0 : support-- > 0;

    /// <summary>Counts the rows of an object that was loaded before.</summary>
    public void Take(Counts counts)
    {
        ratings -= counts.Ratings;
        support -= counts.Support;
    }

    /// <summary>The state of the limit, to return to if a transaction fails.</summary>
    public (long Ratings, long Support) Mark
    {
        get => (ratings, support);
        set => (ratings, support) = value;
    }
}
