using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Whether somebody consumes what was consumed before, by what consumers leave behind in the database.</summary>
internal static class DoctorConsumer
{
    private const string Name = "consumer";

    /// <summary>Three signs of life.</summary>
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
            return [Check.NotThere(Name, "not looked at: its database is not there, or does not answer")];
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
                    + $"{(alone.Count > 5 ? $" and {alone.Count - 5} more" : "")}; last sign of life: {Last(alone)}",
                "start museum consume, or see why it ended"
            );
        else if (rows.FirstOrDefault(row => row.Trouble is not null) is { } deaf)
            yield return Check.Doubtful(Name, $"it hears nothing: {deaf.Trouble}", "look at the brokers");
        else if (rows.All(row => row.Problem is null))
            yield return Check.Fine(Name, $"{rows.Count} partitions are consumed; last sign of life: {Last(rows)}");
    }

    private static string Last(IEnumerable<PartitionRow> rows) =>
        rows.Max(row => row.SeenAt) is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z")
            : "never";
}
