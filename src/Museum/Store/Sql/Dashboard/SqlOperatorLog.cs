using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Audit;
using MuseumPipeline.Store.Sql.Audit;

namespace MuseumPipeline.Store.Sql.Dashboard;

internal sealed class SqlOperatorLog(SqlDatabase database) : IOperatorLog
{
    public async Task<IReadOnlyList<OperatorAction>> ListAsync(int most, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    "select action_id, at, who, command, target, detail from operator_action "
                        + "order by action_id desc limit @most",
                    r => new OperatorAction(r.Long(), r.Time(), r.Text(), r.Text(), r.Text(), r.Text()),
                    ("most", most)
                ),
            cancel
        );

    public Task RecordAsync(string target, OperatorMove move, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                await session.RecordAsync(target, move);
                return true;
            },
            cancel
        );
}

internal static class OperatorRecords
{
    private const string OfUser = "user ";

    /// <summary>Changes one row, and records it; false, and nothing is recorded, if there is no such row.</summary>
    public static async Task<bool> ChangeAsync(
        this SqlSession session,
        string target,
        OperatorMove move,
        string sql,
        params (string, object?)[] values
    )
    {
        var changed = await session.ExecuteAsync(sql, values) == 1;
        if (changed)
            await session.RecordAsync(target, move);
        return changed;
    }

    /// <summary>Records what an operator did, as the last thing that its transaction does: others wait for the audit.</summary>
    public static Task<int> RecordAsync(this SqlSession session, string target, OperatorMove move) =>
        session.RecordAsync([(target, move)]);

    /// <summary>The same for several deeds.</summary>
    /// <returns>How many were recorded.</returns>
    public static async Task<int> RecordAsync(
        this SqlSession session,
        IReadOnlyCollection<(string Target, OperatorMove Move)> deeds
    )
    {
        foreach (var (target, move) in deeds)
            await session.ExecuteAsync(
                "insert into operator_action (at, who, command, target, detail) "
                    + "values (@now, @who, @command, @target, @detail)",
                ("now", session.Now),
                ("who", move.Who),
                ("command", move.Command),
                ("target", target),
                ("detail", move.Detail)
            );
        await session.AuditAsync([.. deeds.Select(deed => EntryOf(session.Now, deed.Target, deed.Move))]);
        return deeds.Count;
    }

    private static AuditEntry EntryOf(DateTimeOffset now, string target, OperatorMove move)
    {
        var subject = target.StartsWith(OfUser, StringComparison.Ordinal) ? target[OfUser.Length..] : null;
        var about = subject is null ? $"{target} " : "";
        return new(
            now,
            move.Command,
            move.By ?? new AuditActor(move.Who, AuditActor.Machine),
            $"{about}{(move.Typed ? "" : move.Detail)}".TrimEnd(),
            subject
        );
    }
}
