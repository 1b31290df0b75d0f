using System.Globalization;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>Finds the record that the database refuses: the transactions are halved until one record is left. That one
/// is stored as a refusal; if the database refuses this too, as a bare one; and if that is refused as well, the run
/// ends. Used by every kind of load.</summary>
/// <param name="most">Records in an ordinary transaction.</param>
internal sealed class Bisection(int most)
{
    private readonly int largest = most;

    /// <summary>Records in the next transaction.</summary>
    public int Size { get; private set; } = most;

    /// <summary>A record was refused and has not been found yet: no transaction may be larger than requested.</summary>
    public bool Searching { get; private set; }

    /// <summary>How to judge the next transaction, which then holds one record.</summary>
    public DatabaseRefusal? Verdict { get; private set; }

    /// <summary>A transaction was committed: the next one may be larger again.</summary>
    public void Committed()
    {
        Searching &= Verdict is null;
        (Size, Verdict) = ((int)Math.Min(Size * 2L, largest), null);
    }

    /// <summary>A transaction was refused.</summary>
    /// <param name="records">How many it held.</param>
    /// <param name="place">Where they came from, for people.</param>
    /// <exception cref="MuseumException">The database refuses even the bare refusal.</exception>
    public void Refused(RowRefusedException refusal, long records, string place)
    {
        Searching = true;
        if (records > 1)
        {
            (Size, Verdict) = ((int)(records / 2), null);
            return;
        }

        Size = 1;
        Verdict = Verdict switch
        {
            null => new(refusal.Message, Bare: false),
            { Bare: false } first => first with { Bare = true },
            _ => throw Hopeless(refusal, place),
        };
    }

    private static MuseumException Hopeless(RowRefusedException refusal, string place) =>
        new(
            ExitCode.Service,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{place}: the database refuses the record and the refusal of it too: {refusal.Message}. Expected "
                    + $"that quarantine takes any record; remove the constraint, index or trigger that was added to "
                    + $"our tables, and run the same command again: it continues from here."
            ),
            refusal
        );
}
