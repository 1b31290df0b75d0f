using System.Data;
using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Connections to one database, and the meaning of its errors. The contracts' classes ask here for a session
/// and run SQL in it.</summary>
internal abstract class SqlDatabase(Dialect dialect, TimeProvider clock) : IAsyncDisposable
{
    public Dialect Dialect { get; } = dialect;

    public DateTimeOffset Now => clock.GetUtcNow();

    public abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    /// <summary>A transaction that may write at once, without being refused half-way.</summary>
    public abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>A transaction that sees one instant, and delays nobody.</summary>
    protected abstract Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>Whether the server, and the connection to it, can do what we need.</summary>
    /// <exception cref="MuseumException">They cannot.</exception>
    public virtual Task CheckServerAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>The server's name and version.</summary>
    public abstract string VersionOf(DbConnection connection);

    /// <summary>The driver's exception as one of the contract's errors.</summary>
    public abstract Exception Translate(Exception exception);

    /// <summary>The same while no record can be at fault yet.</summary>
    public Exception TranslateOpening(Exception exception, string what) =>
        Translate(exception) is var error and not RowRefusedException
            ? error
            : new MuseumException(
                ExitCode.Service,
                $"{what}: the database refuses to let it be loaded at all: {exception.Message}. Look for constraints "
                    + $"and triggers that were added to the tables source and kafka_offset",
                exception
            );

    /// <summary>True if a key of this program's own schema is violated: another process created the same row
    /// first.</summary>
    public abstract bool IsOwnKey(Exception exception);

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a connection, does the work, and translates exceptions.</summary>
    public async Task<T> ConnectedAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            await using var connection = await OpenAsync(cancel);
            return await work(new SqlSession(this, connection, null, cancel));
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
    }

    /// <summary>The same over one that is open.</summary>
    public async Task<T> OverAsync<T>(DbConnection connection, Func<SqlSession, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            return await work(new SqlSession(this, connection, null, cancel));
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
        catch (InvalidOperationException e) when (connection.State is not ConnectionState.Open)
        {
            throw Cut(e);
        }
    }

    /// <summary>The error of whoever uses a connection that broke while it was idle.</summary>
    public static TransientException Cut(InvalidOperationException exception) =>
        new("the connection to the database was cut", exception);

    /// <summary>The same inside one transaction, committed when the work is done.</summary>
    public Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) =>
        ConnectedAsync(
            async connected =>
            {
                await using var transaction = await BeginWriteAsync(connected.Connection, cancel);
                var result = await work(new SqlSession(this, connected.Connection, transaction, cancel));
                await transaction.CommitAsync(cancel);
                return result;
            },
            cancel
        );

    /// <summary>The same for several queries at one instant.</summary>
    public Task<T> SnapshotAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) =>
        ConnectedAsync(
            async connected =>
            {
                await using var transaction = await BeginSnapshotAsync(connected.Connection, cancel);
                return await work(new SqlSession(this, connected.Connection, transaction, cancel));
            },
            cancel
        );

    /// <summary>Faults of the database or of the connection, as opposed to our own.</summary>
    public static bool IsDriverFault(Exception exception) =>
        exception is DbException or IOException or TimeoutException or System.Net.Sockets.SocketException;

    /// <summary>Rolling back a broken connection only fails with the same error.</summary>
    public static async ValueTask DisposeQuietlyAsync(IAsyncDisposable? disposable)
    {
        if (disposable is null)
            return;
        try
        {
            await disposable.DisposeAsync();
        }
        catch (Exception e) when (IsDriverFault(e) || e is InvalidOperationException)
        {
            // The original fault is already on its way to the caller.
        }
    }
}
