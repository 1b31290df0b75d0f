using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security.Accounts;

/// <summary>A hash takes a processor for a tenth of a second: strangers have half of the processors at most, so that
/// pages and actions have the rest. Whoever is where they logged in before is served beside them, one at a time, and
/// does not stand behind strangers, of whom there may be as many as there are addresses; and of those only so many wait
/// as are served before they give up.</summary>
internal sealed class PasswordQueue : IDisposable
{
    /// <summary>How many strangers wait: for half a minute, where one is served at a time.</summary>
    public const int MostStrangers = 200;

    private readonly SemaphoreSlim knownTurn = new(1),
        strangersTurn = new(Math.Max(1, Environment.ProcessorCount / 2));

    private int strangers;

    /// <summary>Whether it is this user's password; null where too many are waiting.</summary>
    /// <param name="user">Null: nobody has the name, and it takes as long.</param>
    /// <param name="known">They logged in from their address before, or are logged in.</param>
    public async Task<bool?> FitsAsync(DashboardUser? user, string password, bool known, CancellationToken cancel)
    {
        if (known)
            return await InTurnAsync(knownTurn, user, password, cancel);
        try
        {
            return Interlocked.Increment(ref strangers) > MostStrangers
                ? null
                : await InTurnAsync(strangersTurn, user, password, cancel);
        }
        finally
        {
            Interlocked.Decrement(ref strangers);
        }
    }

    public void Dispose()
    {
        knownTurn.Dispose();
        strangersTurn.Dispose();
    }

    private static async Task<bool> InTurnAsync(
        SemaphoreSlim turn,
        DashboardUser? user,
        string password,
        CancellationToken cancel
    )
    {
        await turn.WaitAsync(cancel);
        try
        {
            // On a thread of its own: the pool has as many as there are processors, and pages need them.
            return await Task.Factory.StartNew(
                () => Passwords.Fits(user, password),
                cancel,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
        finally
        {
            turn.Release();
        }
    }
}
