using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Whether somebody consumes what was consumed before, by the heartbeats of consumers in the
/// database.</summary>
internal static class DoctorConsumer
{
    private const string Name = "consumer";

    /// <summary>Three heartbeats.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<Check>> ExamineAsync(Session session, CancellationToken cancel)
    {
        try
        {
            await using var store = Connections.OpenExisting(session);
            var rows = (await store.Partitions.ListAsync(null, null, cancel)).Where(row => !row.Retired).ToList();
            return rows.Count == 0
                ? [Check.NotThere(Name, "nothing was consumed yet")]
                : [.. Of(rows, session.Clock.GetUtcNow())];
        }
        catch (Exception e) when (e is MuseumException or TransientException)
        {
            return [Check.NotThere(Name, "not checked: its database does not exist, or does not answer")];
        }
    }

    internal static IEnumerable<Check> Of(IReadOnlyList<PartitionRow> rows, DateTimeOffset now)
    {
        foreach (var row in rows.Where(row => row.Problem is not null))
            yield return Check.Doubtful(
                Name,
                $"{row.Topic}:{row.Partition} is stopped: {row.Problem}",
                $"decide, then: museum kafka accept-loss {row.Topic}:{row.Partition}"
            );
        var alone = rows.Where(row => row.Owner is null || now - row.SeenAt > Alive).ToList();
        if (alone.Count > 0)
            yield return Check.Doubtful(
                Name,
                $"nobody consumes {string.Join(", ", alone.Take(5).Select(row => $"{row.Topic}:{row.Partition}"))}"
                    + $"{(alone.Count > 5 ? $" and {alone.Count - 5} more" : "")}; last heartbeat: {Last(alone)}",
                "start museum consume, or find out why it ended"
            );
        else if (rows.FirstOrDefault(row => row.Trouble is not null) is { } deaf)
            yield return Check.Doubtful(Name, $"it receives nothing: {deaf.Trouble}", "check the brokers");
        else if (rows.All(row => row.Problem is null))
            yield return Check.Fine(Name, $"{rows.Count} partitions are consumed; last heartbeat: {Last(rows)}");
    }

    private static string Last(IEnumerable<PartitionRow> rows) =>
        rows.Max(row => row.SeenAt) is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z")
            : "never";
}
