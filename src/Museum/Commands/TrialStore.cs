using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands;

/// <summary>The database of a dry run: the one that is configured, read only; where it has no tables of ours yet, an
/// empty one that is gone when this is disposed. Nothing is made or changed where the data is.</summary>
internal sealed class TrialStore(MuseumStore store, string? scratch) : IAsyncDisposable
{
    public MuseumStore Store => store;

    /// <summary>For what is no dry run.</summary>
    public static TrialStore Real(MuseumStore store) => new(store, null);

    public static async Task<TrialStore> OpenAsync(Session session, CancellationToken cancel)
    {
        var database = session.Settings.Database;
        if (database is EmbeddedSettings { Path: var path } && !File.Exists(path))
            return await EmptyAsync(session, cancel);
        var store = Connections.OpenReadOnly(database, session.Clock);
        try
        {
            var (version, needed) = await store.Maintenance.SchemaAsync(cancel);
            if (version == needed)
                return new(store, null);
            if (version > 0)
                throw Connections.OtherSchema(
                    session.Settings.Database.Describe,
                    session.Command("db migrate"),
                    version,
                    needed
                );
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        await store.DisposeAsync();
        return await EmptyAsync(session, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        if (scratch is not null)
            Directory.Delete(scratch, recursive: true);
    }

    private static async Task<TrialStore> EmptyAsync(Session session, CancellationToken cancel)
    {
        var directory = Directory.CreateTempSubdirectory("museum-dry-run-").FullName;
        var store = Connections.OpenStore(new EmbeddedSettings(Path.Combine(directory, "museum.db")), session.Clock);
        await store.Maintenance.MigrateAsync(cancel);
        var database = session.Settings.Database;
        return new(store with { Target = database.Target, Describe = database.Describe }, directory);
    }
}
