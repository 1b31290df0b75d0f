using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>
/// <c>--num_rows N</c>: the first N ratings and the first N calls for help of the bucket, in the order of its keys, and
/// no more, however
/// often it is asked for. What is already there counts.
/// </summary>
internal sealed class RowLimit(long most)
{
    private long ratings = most,
        support = most;

    /// <summary>True while there is room for one more of this kind, which it then takes.</summary>
    public bool Take(PressKind kind) => kind is PressKind.Rating ? ratings-- > 0 : support-- > 0;

    /// <summary>Takes what an object loaded before holds.</summary>
    public void Take(Counts counts)
    {
        ratings -= counts.Ratings;
        support -= counts.Support;
    }

    /// <summary>Where the limit stands, to go back to when a transaction fails.</summary>
    public (long Ratings, long Support) Mark
    {
        get => (ratings, support);
        set => (ratings, support) = value;
    }
}
