using MuseumPipeline.Model;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Which schema is used, and how its connections are made.</summary>
/// <param name="Wanted">MUSEUM_SCHEMA; null: the one that holds our tables.</param>
/// <param name="In">The same database, with this schema as the search path.</param>
/// <param name="Beside">Where tables that are not ours are in the way, ours may be made in
/// <see cref="PostgresConnections.OwnSchema"/>: whoever takes them over asked for it.</param>
/// <param name="Copying">Whoever copies into this database may open it half-way.</param>
internal sealed record SchemaChoice(
    string? Wanted,
    Func<string, NpgsqlDataSource> In,
    bool Beside = false,
    bool Copying = false
);

/// <summary>
/// Connections whose search path is the schema of our tables. Which one that is, is looked up with the first
/// connection: tables of somebody else that bear our names are never touched.
/// </summary>
internal sealed class PostgresConnections(NpgsqlDataSource plain, SchemaChoice? choice) : IAsyncDisposable
{
    public const string Public = "public";

    /// <summary>Where our tables go when the names are taken.</summary>
    public const string OwnSchema = "museum";

    /// <summary>There while a copy into this database is not complete.</summary>
    public const string CopyTable = "db_copy";

    private readonly SemaphoreSlim one = new(1);
    private NpgsqlDataSource? own;
    private bool chosen;

    /// <summary>Known once a connection was opened. Where a user's own search path leads counts as
    /// <c>public</c>.</summary>
    public string Schema { get; private set; } = choice?.Wanted ?? Public;

    public NpgsqlDataSource Source => own ?? plain;

    /// <summary>Names of this schema's locks and channels begin with it; those of <c>public</c> have no
    /// prefix.</summary>
    public string Prefix => Schema == Public ? "" : $"{Schema}\n";

    /// <summary>Where calls for help are announced.</summary>
    public string HelpChannel => Schema == Public ? "museum_help" : $"museum_help_{Schema}";

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        if (!chosen)
            await ChooseAsync(cancel);
        return await Source.OpenConnectionAsync(cancel);
    }

    private async Task ChooseAsync(CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            if (chosen)
                return;
            if (choice is not null)
                await ChooseAsync(choice, cancel);
            chosen = true;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task ChooseAsync(SchemaChoice choice, CancellationToken cancel)
    {
        await using var connection = await plain.OpenConnectionAsync(cancel);
        var there = await PostgresSchemas.LookAsync(connection, choice.Wanted, cancel);
        var used = choice.Wanted ?? there.Schema ?? Public;
        if (choice.Wanted is null && !there.Ours && (there.OursBeside || (there.Foreign.Length > 0 && choice.Beside)))
            used = Schema = OwnSchema;
        else if (there.Foreign.Length > 0)
            throw new MuseumException(ExitCode.Configuration, PostgresSchemas.InTheWay(used, there.Foreign));
        if (choice.Wanted is not null || used != (there.Schema ?? Public))
            own = choice.In(used);
        if (!choice.Copying && await PostgresSchemas.IsCopyingAsync(connection, used, cancel))
            throw new MuseumException(
                ExitCode.Configuration,
                "a copy into this database was begun and is not complete: run the same museum db copy again, it goes "
                    + "on where it stopped"
            );
    }

    public async ValueTask DisposeAsync()
    {
        if (own is not null)
            await own.DisposeAsync();
        await plain.DisposeAsync();
        one.Dispose();
    }
}
