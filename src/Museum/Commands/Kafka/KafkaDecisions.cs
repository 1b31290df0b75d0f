using System.Globalization;
using Confluent.Kafka;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Kafka;

/// <summary>Changes positions. All of them are checked against the brokers before the first is changed, and each is
/// recorded with who did it.</summary>
internal sealed class KafkaDecisions(Session session, MuseumStore store)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly KafkaSettings kafka = session.Settings.Kafka!;

    /// <summary>Moves positions back. Moving forwards would skip unread messages: no command does that.</summary>
    public async Task<IReadOnlyList<PartitionDecision>> RewindAsync(
        PartitionName name,
        Destination to,
        CancellationToken cancel
    )
    {
        using var topics = Open();
        var (rows, topic) = await FindAsync(topics, name, cancel);
        List<PartitionDecision> moves = [];
        foreach (var row in rows)
            moves.Add(
                Rewound(
                    row,
                    topic,
                    to,
                    to.At is { } at
                        ? await AnsweredAsync(topics.FirstSinceAsync(new(row.Topic, row.Partition), at))
                        : null
                )
            );
        foreach (var move in moves.Where(m => m.Moved))
            await store.Partitions.MoveAsync(
                StreamOf(move.Row),
                move.Row.Partition,
                move.To!.Value,
                Signed("rewind", move),
                cancel
            );
        return moves;
    }

    private static PartitionDecision Rewound(PartitionRow row, TopicView topic, Destination to, long? since)
    {
        var name = Name(row);
        if (row.Problem is not null)
            throw new MuseumException(
                ExitCode.Usage,
                $"nothing was moved: {name} is stopped, and what became unreadable must be accepted first: museum "
                    + $"kafka accept-loss {name} ({row.Problem})"
            );
        if (row.TopicId != topic.Id || !topic.Partitions.TryGetValue(row.Partition, out var range))
            throw new MuseumException(
                ExitCode.Usage,
                $"nothing was moved: {row.Topic} was created again (topic id {row.TopicId}, now {topic.Id}); museum "
                    + $"consume notices and stops it, then museum kafka accept-loss {name} decides"
            );
        // Offsets below the start of a later generation were read from an earlier log.
        if (row.Generation > 1)
            range = range with { Low = Math.Max(range.Low, row.StartOffset) };
        var most = Math.Min(row.NextOffset, range.High);
        var next = to.Offset ?? (to.At is null ? range.Low : Math.Max(range.Low, since ?? range.High));
        if (to.Offset is not null && (next < range.Low || next > most))
        {
            throw new MuseumException(
                ExitCode.Usage,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"nothing was moved: {name}: found offset {next}, expected {range.Low} (the first that can be "
                        + $"read) to {most} (the position; what follows was not read yet, and a rewind skips nothing)"
                )
            );
        }

        if (next >= row.NextOffset)
            return new(
                row,
                row.NextOffset,
                false,
                Invariant($"stays at {row.NextOffset}: nothing that was read lies after that")
            );
        return new(
            row,
            next,
            true,
            Invariant($"from {row.NextOffset} back to {next}: {row.NextOffset - next} offsets are read again")
        );
    }

    /// <summary>Continues stopped partitions where the topic begins now.</summary>
    public async Task<IReadOnlyList<PartitionDecision>> AcceptLossAsync(PartitionName name, CancellationToken cancel)
    {
        using var topics = Open();
        var (rows, topic) = await FindAsync(topics, name, cancel);
        var stopped = rows.FindAll(row => row.Problem is not null);
        if (stopped.Count == 0)
            throw new MuseumException(
                ExitCode.Usage,
                $"there is nothing to accept: {name} is not stopped (museum kafka status)"
            );
        List<PartitionDecision> moves = [];
        foreach (var row in stopped)
            moves.Add(
                // For positions stopped by an older program, only the range says so.
                row.TopicId == topic.Id
                && (row.OtherLog || row.NextOffset > topic.Partitions[row.Partition].High)
                    ? await AcceptedAsync(row, topic.Partitions[row.Partition], cancel)
                    : Accepted(row, topic)
            );
        foreach (var move in moves)
        {
            if (move.To is { } next)
                await store.Partitions.MoveAsync(
                    StreamOf(move.Row) with
                    {
                        TopicId = topic.Id,
                    },
                    move.Row.Partition,
                    next,
                    Signed("accept-loss", move),
                    cancel
                );
            else
                await store.Partitions.RetireAsync(
                    StreamOf(move.Row),
                    move.Row.Partition,
                    Signed("accept-loss", move),
                    cancel
                );
        }

        return moves;
    }

    /// <summary>The log was replaced: the part of it that was already read is kept, and the rest gets a new
    /// identity.</summary>
    private async Task<PartitionDecision> AcceptedAsync(PartitionRow row, OffsetRange range, CancellationToken cancel)
    {
        var divergence = new LogDivergence(
            store,
            new KafkaClients(kafka, session.Log, session.Settings.Redactor),
            new(Connections.Streaming(session).Rules, session.Clock)
        );
        long from;
        try
        {
            from = await divergence.FindAsync(row, range, cancel);
        }
        catch (TransientException e)
        {
            throw new MuseumException(ExitCode.Service, $"nothing was moved: {e.Message}", e);
        }

        var gone = Math.Max(0, row.NextOffset - from);
        return new(
            row,
            from,
            true,
            string.Create(
                CultureInfo.InvariantCulture,
                $"continues at {from} of another log: up to there both are the same; {gone} offsets from there on "
                    + $"were read from the old log, and their rows stay; what is there now is loaded under a new "
                    + $"identity"
            )
        )
        {
            OtherLog = true,
        };
    }

    private static PartitionDecision Accepted(PartitionRow row, TopicView topic)
    {
        if (row.TopicId != topic.Id)
        {
            var known =
                row.EndOffset > row.NextOffset ? Invariant($", at least {row.EndOffset - row.NextOffset} of them") : "";
            var lost = string.Create(
                CultureInfo.InvariantCulture,
                $"the topic was created again (topic id {row.TopicId}, now {topic.Id}); lost: whatever the old one "
                    + $"held from offset {row.NextOffset} on{known}"
            );
            return topic.Partitions.TryGetValue(row.Partition, out var fresh)
                ? new(row, fresh.Low, true, Invariant($"{lost}; continues at {fresh.Low} of the new one"))
                : new(row, null, true, $"{lost}; the new one has no such partition");
        }

        var (low, high) = topic.Partitions[row.Partition];
        if (row.NextOffset < low)
            return new(
                row,
                low,
                true,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"from {row.NextOffset} to {low}; lost: offsets {row.NextOffset} to {low - 1} "
                        + $"({low - row.NextOffset} of them), deleted before they were read"
                )
            );
        return new(
            row,
            row.NextOffset,
            true,
            Invariant($"continues at {row.NextOffset}: it can be read again, nothing is lost")
        );
    }

    private KafkaTopics Open() => new(new KafkaClients(kafka, session.Log, session.Settings.Redactor), Patience);

    /// <summary>The partitions named, and the topic as it is now.</summary>
    private async Task<(List<PartitionRow> Rows, TopicView Topic)> FindAsync(
        KafkaTopics topics,
        PartitionName name,
        CancellationToken cancel
    )
    {
        var view = await AnsweredAsync(topics.LookAsync([name.Topic]));
        var known = (await store.Partitions.ListAsync(view.Id, null, cancel))
            .Where(row => !row.Retired)
            .OrderBy(row => row.Topic, StringComparer.Ordinal)
            .ThenBy(row => row.Partition)
            .ToList();
        var rows = known.FindAll(row =>
            row.Topic == name.Topic && (name.Partition is null || row.Partition == name.Partition)
        );
        if (rows.Count == 0)
        {
            var expected =
                known.Count == 0
                    ? "but nothing of this cluster was consumed yet"
                    : $"expected one of {string.Join(", ", known.Select(Name))}";
            throw new MuseumException(ExitCode.Usage, $"found {name}, {expected} (museum kafka status)");
        }

        return view.Topics.TryGetValue(name.Topic, out var topic)
            ? (rows, topic)
            : throw new MuseumException(
                ExitCode.Service,
                $"Kafka at {kafka.Describe} has no topic {name.Topic} now; expected it to be there, since its "
                    + $"positions are in the database"
            );
    }

    private async Task<T> AnsweredAsync<T>(Task<T> question)
    {
        try
        {
            return await question;
        }
        catch (KafkaException e)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"nothing was moved: Kafka at {kafka.Describe}: {e.Error.Reason}",
                e
            );
        }
    }

    private static StreamIdentity StreamOf(PartitionRow row) => new(row.MuseumId, row.Cluster, row.Topic, row.TopicId);

    private static OperatorMove Signed(string command, PartitionDecision move) =>
        new($"{Environment.UserName}@{Environment.MachineName}", command, move.Detail) { OtherLog = move.OtherLog };

    private static string Name(PartitionRow row) => new PartitionName(row.Topic, row.Partition).ToString();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The decision on one partition.</summary>
/// <param name="Row">As it was.</param>
/// <param name="To">Null if the partition no longer exists.</param>
/// <param name="Moved">False if it is unchanged.</param>
/// <param name="Detail">For people, and for the record.</param>
internal sealed record PartitionDecision(PartitionRow Row, long? To, bool Moved, string Detail)
{
    public string Name => new PartitionName(Row.Topic, Row.Partition).ToString();

    /// <summary>What follows is from another log.</summary>
    public bool OtherLog { get; init; }
}
