using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Known;

/// <summary>Before the first row of an object: is what it holds there under other names, or about to be? Two that begin
/// alike are not loaded side by side, by whatever process: neither would find the other.</summary>
/// <param name="again">Load it all the same.</param>
internal sealed class KnownObjects(MuseumStore store, PressesInFlight inFlight, bool again)
{
    /// <summary>False while another one that begins alike is being loaded.</summary>
    /// <exception cref="KnownContentException">It is there.</exception>
    public async Task<bool> IsNewAsync(Claim claim, PressSample? sample, CancellationToken cancel)
    {
        if (!IsAsked(sample))
            return true;
        if (!await TakeBeginningAsync(claim, sample!, cancel))
            return false;
        await inFlight.WaitAsync(sample!, cancel);
        await KnownContent.RefuseAsync(store, claim.Identity, sample!, claim, cancel);
        return true;
    }

    /// <summary>Whether it can be loaded in a transaction that is open already, which waits for nobody.</summary>
    public bool MayJoin(PressSample sample) => !IsAsked(sample) || !inFlight.Has(sample);

    /// <summary>Whether it can be loaded there by what the database knows. If not, it is known, or finds out by itself
    /// what is wrong: nothing of it has been written yet, so that the others need not suffer.</summary>
    public async Task<(bool Here, KnownContentException? Known)> JoinAsync(
        Claim claim,
        PressSample sample,
        CancellationToken cancel
    )
    {
        if (!IsAsked(sample))
            return (true, null);
        try
        {
            if (!await TakeBeginningAsync(claim, sample, cancel))
                return (false, null);
            await KnownContent.RefuseAsync(store, claim.Identity, sample, claim, cancel);
            return (true, null);
        }
        catch (KnownContentException e)
        {
            return (false, e);
        }
        catch (Exception e) when (e is TransientException or MuseumException)
        {
            return (false, null);
        }
    }

    private bool IsAsked(PressSample? sample) => !again && sample is { Presses.Count: >= PressSample.Least };

    private Task<bool> TakeBeginningAsync(Claim claim, PressSample sample, CancellationToken cancel) =>
        store.Sources.AlsoAsync(
            claim,
            string.Create(CultureInfo.InvariantCulture, $"content:{claim.Identity.MuseumId}\n{sample.Beginning}"),
            cancel
        );
}
