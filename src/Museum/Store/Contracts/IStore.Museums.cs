using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Which museums there are. Errors of an operator are <see cref="MuseumException"/>.</summary>
public partial interface IStore
{
    /// <summary>Adds a museum; its code, topic and prefix must be its own.</summary>
    Task<Museum> AddMuseumAsync(MuseumFacts facts, CancellationToken cancel);

    /// <summary>Changes a museum. What was judged before stays as it was judged.</summary>
    /// <param name="code">In any case of letters.</param>
    /// <param name="change">From what is there to what shall be.</param>
    Task<(Museum Museum, Change Change)> ChangeMuseumAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    );

    /// <summary>Removes a museum that has nothing: no exhibition, no source, no position in a stream.</summary>
    Task<Museum> RemoveMuseumAsync(string code, CancellationToken cancel);
}
