using System.Data.Common;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sql;

/// <summary>Bringing the schema up to date.</summary>
public abstract partial class SqlStore
{
    /// <summary>Whether the table of applied migrations is there, as a number.</summary>
    protected abstract string HasMigrationTable { get; }

    /// <summary>Held to the end of the transaction by whoever migrates; the others wait and find nothing left to
    /// do.</summary>
    protected abstract string? MigrationLock { get; }

    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel)
    {
        await CheckServerAsync(cancel);
        return await ApplyAsync(cancel);
    }

    /// <summary>Whether the server, and the way to it, can do what we need.</summary>
    /// <exception cref="MuseumException">They cannot.</exception>
    protected virtual Task CheckServerAsync(CancellationToken cancel) => Task.CompletedTask;

    private Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancel) =>
        WithConnectionAsync<IReadOnlyList<string>>(
            async connection =>
            {
                var steps = Migrations.For(Dialect);
                // Most starts find everything in place, and need no right to change the schema.
                if (await AppliedAsync(connection, null, cancel) == steps[^1].Version)
                    return [];
                await using var transaction = await BeginWriteAsync(connection, cancel);
                if (MigrationLock is not null)
                    await ExecuteAsync(Patient(Command(connection, transaction, MigrationLock)), cancel);
                var applied = await AppliedAsync(connection, transaction, cancel);
                if (applied > steps[^1].Version)
                {
                    throw new MuseumException(
                        ExitCode.Configuration,
                        $"the database's schema is version {applied}, but this program knows {steps[^1].Version} "
                            + $"at most: use the newer program that made it"
                    );
                }

                if (applied == 0)
                {
                    await ExecuteAsync(
                        Command(
                            connection,
                            transaction,
                            "create table if not exists schema_migration (version integer not null primary key, "
                                + "name text not null, applied_at text not null)"
                        ),
                        cancel
                    );
                }

                var todo = steps.Where(step => step.Version > applied).ToList();
                foreach (var step in todo)
                {
                    await ExecuteAsync(Patient(Command(connection, transaction, step.Sql)), cancel);
                    await ExecuteAsync(
                        Command(
                            connection,
                            transaction,
                            "insert into schema_migration (version, name, applied_at) values (@version, @name, @now)",
                            ("version", step.Version),
                            ("name", step.Name),
                            ("now", Now.ToString("yyyy-MM-ddTHH:mm:ssZ"))
                        ),
                        cancel
                    );
                }

                await transaction.CommitAsync(cancel);
                return [.. todo.Select(step => step.Name)];
            },
            cancel
        );

    /// <summary>Tables may be full, and other starts may wait for the one that migrates: however long it
    /// takes.</summary>
    private static DbCommand Patient(DbCommand command)
    {
        command.CommandTimeout = 0;
        return command;
    }

    private async Task<long> AppliedAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancel
    ) =>
        await NumberAsync(Command(connection, transaction, HasMigrationTable), cancel) == 0
            ? 0
            : await NumberAsync(Command(connection, transaction, "select max(version) from schema_migration"), cancel)
                ?? 0;
}
