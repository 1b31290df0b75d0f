using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using Npgsql;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>Transactions side by side that count presses of the same hours.</summary>
public sealed partial class PostgresStreamTests
{
    private const int Backlog = 3000;

    /// <summary>A backlog of many hours that took the new ones first would wait for a small one in a circle.</summary>
    [Fact]
    public async Task Commits_of_many_and_of_few_hours_do_not_wait_for_each_other_in_a_circle()
    {
        var run = await Store.Runs.StartAsync("consume", "", Cancel);
        await using (var first = await BeginAsync(await ClaimAsync(2), run, [0, 1]))
            await first.CommitAsync(Cancel);
        await using var connection = await ConnectAsync();
        await using var holding = await HoldAsync(
            connection,
            "select from rating_hourly where hour = (select max(hour) from rating_hourly) for update"
        );

        // It has the first hour, waits for the second, and then needs a new one.
        await using var few = await BeginAsync(await ClaimAsync(0), run, [0, 1, 7]);
        var small = few.CommitAsync(Cancel);
        await WaitersAsync(1);
        await using var many = await BeginAsync(await ClaimAsync(1), run, [0, .. Enumerable.Range(2, Backlog)]);
        var large = many.CommitAsync(Cancel);
        await WaitersAsync(2);
        await holding.CommitAsync(Cancel);

        await Task.WhenAll(small, large).WaitAsync(Soon, Cancel);
        await AssertBalancedAsync(2 + 3 + 1 + Backlog, 0, 0);
    }

    /// <summary>A transaction with one rating in each of these hours, still to be committed.</summary>
    private async Task<IStreamLoad> BeginAsync(PartitionClaim claim, int run, int[] hours)
    {
        var load = await Store.Partitions.BeginAsync(
            [new PartitionMove(claim, hours.Length, null, hours.Length)],
            run,
            Cancel
        );
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        for (var offset = 0; offset < hours.Length; offset++)
            load.Write(
                new KioskEvent(claim.SourceId, offset, 1, PressKind.Rating, 1, start + (hours[offset] * 3_600_000_000L))
            );
        return load;
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(Postgres.Connection.ConnectionString);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    /// <summary>An open transaction that has done this.</summary>
    private static async Task<NpgsqlTransaction> HoldAsync(NpgsqlConnection connection, string sql)
    {
        var transaction = await connection.BeginTransactionAsync(Cancel);
        await new NpgsqlCommand(sql, connection).ExecuteNonQueryAsync(Cancel);
        return transaction;
    }

    private async Task WaitersAsync(int count)
    {
        while (
            await Database.NumberAsync(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ) < count
        )
            await Task.Delay(20, Cancel);
    }
}
