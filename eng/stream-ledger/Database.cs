using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MuseumPipeline.Drills;

/// <summary>The database as anybody may read it: by its tables, not by the product's code.</summary>
internal sealed class Database(string place)
{
    public bool IsPostgres { get; } = place.Contains("Host=", StringComparison.Ordinal);

    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = IsPostgres
            ? new NpgsqlConnection(place + ";Pooling=false;Timeout=30;Command Timeout=300")
            : new SqliteConnection($"Data Source={place};Mode=ReadWrite;Default Timeout=30;Pooling=false");
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task<List<T>> ReadAsync<T>(
        DbConnection connection,
        string sql,
        Func<DbDataReader, T> read,
        string? topic = null
    )
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this program's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (topic is not null)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "topic";
            parameter.Value = topic;
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }
}
