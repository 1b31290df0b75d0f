namespace MuseumPipeline.Tests.Store;

/// <summary>What holds over either database; each test has a fresh one.</summary>
public abstract class StoreContract(Func<Task<TestStore>> create) : IAsyncLifetime
{
    protected TestStore Database { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One more database; the caller disposes it.</summary>
    protected Task<TestStore> CreateAsync() => create();

    public async ValueTask InitializeAsync()
    {
        Database = await CreateAsync();
        await BeginAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual ValueTask BeginAsync() => ValueTask.CompletedTask;

    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;
}
