using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Spectre.Console;

namespace MuseumPipeline.Commands.Kafka;

/// <summary><c>museum kafka</c>: the state of the partitions, and the decisions that only an operator may
/// take.</summary>
internal static class KafkaCommand
{
    private static readonly Argument<PartitionName> Which = new("TOPIC[:PARTITION]")
    {
        Description = "A partition, or all of a topic",
        CustomParser = ReadName,
    };

    private static readonly Option<Destination> To = new("--to")
    {
        Description =
            "Where to: an offset, a time such as 2026-11-24T08:45:00Z (by the brokers' timestamps), or earliest",
        HelpName = "OFFSET|TIMESTAMP|earliest",
        Required = true,
        CustomParser = ReadDestination,
    };

    public static Command Create() =>
        new("kafka", "Show and change the positions in Kafka's topics") { Status(), Rewind(), AcceptLoss() };

    private static Command Status()
    {
        var command = new Command(
            "status",
            "Show positions, lag, owners and problems of every partition; exit 4 if a person is needed"
        ).WithCommon(Options.Target);
        Session.Act(
            command,
            Needs.Database | Needs.KafkaIfSet,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                var status = await KafkaStatus.ReadAsync(session, store, cancel);
                if (session.Json)
                    JsonOutput.Print(KafkaStatusJson.Of(store, status), KafkaShapes.Default.KafkaStatusJson);
                else
                    new KafkaStatusTable(Terminal.Out, status).Print(store.Describe);
                return status.Healthy ? ExitCode.Done : ExitCode.Service;
            }
        );
        return command;
    }

    private static Command Rewind() =>
        Decision(
            new Command("rewind", "Read messages again; messages already in the tables are not loaded twice")
            {
                Which,
                To,
            },
            "rewind",
            (session, decisions, cancel) =>
                decisions.RewindAsync(
                    session.Parsed.GetRequiredValue(Which),
                    session.Parsed.GetRequiredValue(To),
                    cancel
                )
        );

    private static Command AcceptLoss() =>
        Decision(
            new Command(
                "accept-loss",
                "Go on with a stopped partition where the topic begins now; what was lost is recorded"
            )
            {
                Which,
            },
            "accept-loss",
            (session, decisions, cancel) => decisions.AcceptLossAsync(session.Parsed.GetRequiredValue(Which), cancel)
        );

    private static Command Decision(
        Command command,
        string verb,
        Func<Session, KafkaDecisions, CancellationToken, Task<IReadOnlyList<PartitionDecision>>> decide
    )
    {
        command.WithCommon(Options.Target);
        Session.Act(
            command,
            Needs.Database | Needs.Kafka | Needs.Writes,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                var moves = await decide(session, new KafkaDecisions(session, store), cancel);
                if (session.Json)
                {
                    JsonOutput.Print(
                        new KafkaMovesJson($"kafka {verb}", store.Target, [.. moves.Select(KafkaMoveJson.Of)]),
                        KafkaShapes.Default.KafkaMovesJson
                    );
                    return ExitCode.Done;
                }

                foreach (var move in moves)
                    Terminal.Out.MarkupLine($"[bold]{Show.Text(move.Name)}[/]: {Show.Text(move.Detail)}");
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static PartitionName ReadName(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 && text.Length > 0)
            return new(text, null);
        if (
            colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        )
            return new(text[..colon], partition);
        result.AddError($"found '{text}', expected a topic such as lmnh, or one of its partitions such as lmnh:0");
        return default;
    }

    private static Destination ReadDestination(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "earliest")
            return default;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return new(offset, null);
        if (StreamStart.Parse(text)?.At is { } at)
            return new(null, at);
        result.AddError(
            $"--to: found '{text}', expected an offset, earliest, or an ISO 8601 time with its offset such as "
                + $"2026-11-24T08:45:00Z"
        );
        return default;
    }
}

/// <param name="Partition">Null for all of the topic.</param>
internal readonly record struct PartitionName(string Topic, int? Partition)
{
    public override string ToString() =>
        Partition is { } partition ? string.Create(CultureInfo.InvariantCulture, $"{Topic}:{partition}") : Topic;
}

/// <summary>Neither an offset nor a time: the earliest readable offset.</summary>
internal readonly record struct Destination(long? Offset, DateTimeOffset? At);

internal sealed record KafkaMovesJson(string Command, string Target, IReadOnlyList<KafkaMoveJson> Moves);

internal sealed record KafkaMoveJson(string Topic, int Partition, long From, long? To, bool Moved, string Detail)
{
    public static KafkaMoveJson Of(PartitionDecision move) =>
        new(move.Row.Topic, move.Row.Partition, move.Row.NextOffset, move.To, move.Moved, move.Detail);
}
