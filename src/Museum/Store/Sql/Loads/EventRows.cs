using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>Events and refusals of one transaction before they are written, and their hourly counts.</summary>
internal abstract class EventRows : IDisposable
{
    public HourlyCounts Hourly { get; } = new();

    /// <summary>Refusals waiting to be written.</summary>
    protected List<Refusal> Refusals { get; } = [];

    /// <summary>The hot path: buffers one event, allocating nothing.</summary>
    public abstract void Write(in KioskEvent kioskEvent);

    public void Write(Refusal refusal) => Refusals.Add(refusal);

    /// <summary>Sends buffered events to the database.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Frees the connection for other statements; events can be written again afterwards.</summary>
    public abstract ValueTask PauseAsync(CancellationToken cancel);

    /// <summary>Writes the rest of the events and the refusals.</summary>
    public abstract Task FinishAsync(CancellationToken cancel);

    /// <summary>Stops a running copy so that the transaction can be rolled back.</summary>
    public abstract ValueTask AbandonAsync();

    /// <summary>Frees the resources of writing.</summary>
    public abstract void Dispose();
}

/// <summary>Writes many rows at once, in each database's fastest way.</summary>
internal interface IBulkWriter
{
    /// <summary>For the events and refusals of one transaction.</summary>
    EventRows Rows(SqlSession session, int museumId, int runId);

    /// <summary>Deletes the presses that a source has in a table, and subtracts them. However long it takes: there may
    /// be years of them.</summary>
    Task RemoveAsync(SqlSession session, PressTable table, int sourceId, HourlyCounts hourly);

    /// <summary>Adds the hourly counts of a transaction to the tables.</summary>
    /// <param name="inOrder">Take the rows in the order of their key, however many they are: transactions that run side
    /// by side over the same hours then never wait for each other in a circle.</param>
    Task AddAsync(SqlSession session, HourlyCounts hourly, bool inOrder = false);
}
