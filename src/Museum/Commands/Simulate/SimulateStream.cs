using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Simulate;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Commands.Simulate;

/// <summary><c>museum simulate stream</c>: kiosks that send messages.</summary>
internal static class SimulateStream
{
    private const long UsualMessages = 1_000;
    private const string ToKafka = "kafka";

    private static readonly Option<string> To = new("--to")
    {
        Description = "A topic of the brokers that are configured, a file to write JSON lines to, or - for stdout.",
        HelpName = "kafka|FILE|-",
        DefaultValueFactory = _ => "-",
    };

    private static readonly Option<double?> Rate = new("--rate")
    {
        Description = "Messages a second, as 20/s, or a minute, as 90/min.",
        HelpName = "N/s",
        CustomParser = ReadRate,
    };

    private static readonly Option<bool> Fast = new("--as-fast-as-possible")
    {
        Description = "Without a rate; the default.",
    };

    private static readonly Option<long?> Messages = NumberOption.Whole(
        new("--messages", "-n")
        {
            Description = $"How many; at a rate there is no end without it, otherwise {UsualMessages}.",
        },
        least: 1L
    );

    private static readonly Option<long> Seed = NumberOption.Usually(
        new("--seed") { Description = "The same seed gives the same presses, and with --at the same bytes." },
        usual: 1,
        least: 0L
    );

    private static readonly Option<double> InvalidShare = NumberOption.Between(
        new("--invalid-share")
        {
            Description = "How likely a message is to be spoiled, from 0 to 1; as often as the real ones by default.",
        },
        usual: MessageFaults.UsualShare,
        least: 0,
        most: 1
    );

    private static readonly Option<bool> EveryFault = new("--every-fault")
    {
        Description =
            "Also send faults that the real messages did not show: broken JSON, 64 KiB of noise, next century.",
    };

    private static readonly Option<DateTimeOffset?> At = new("--at")
    {
        Description =
            "The first message's time, such as 2024-10-21T09:21:24+01:00. Without it times are now, or of days just "
            + "past: see DECISIONS.md.",
        HelpName = "TIME",
        CustomParser = ReadTime,
    };

    private static readonly Option<string?> Ledger = new("--ledger")
    {
        Description = "Write a line 'partition offset sha256-of-value' for each message that was delivered.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Topic = new("--topic")
    {
        Description = "The topic to send to, with --to kafka; by default the one of TOPIC, or lmnh.",
        HelpName = "T",
    };

    internal static Command Create()
    {
        var command = new Command("stream", "Send messages as a museum's kiosks do, invalid ones among them.")
        {
            To,
            Rate,
            Fast,
            Messages,
            Seed,
            InvalidShare,
            EveryFault,
            At,
            Ledger,
            Topic,
        };
        command.WithCommon();
        command.Validators.Add(r =>
        {
            if (r.GetResult(Topic) is not null && r.GetValue(To) is not ToKafka)
                r.AddError($"found --topic without --to {ToKafka}, expected both");
            if (r.GetValue(Fast) && r.GetResult(Rate) is not null)
                r.AddError("found --rate and --as-fast-as-possible, expected one of them");
        });
        Session.Act(command, parsed => parsed.GetValue(To) is ToKafka ? Needs.Kafka : Needs.Nothing, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var parsed = session.Parsed;
        var request = new StreamRequest(
            parsed.GetValue(Messages) ?? (parsed.GetValue(Rate) is null ? UsualMessages : null),
            parsed.GetValue(Rate),
            parsed.GetValue(Seed),
            parsed.GetValue(InvalidShare),
            parsed.GetValue(EveryFault),
            parsed.GetValue(At)
        );
        var to = parsed.GetRequiredValue(To);
        var started = session.Clock.GetTimestamp();
        using var ledger = OpenLedger(parsed.GetValue(Ledger));
        var (sink, name) = Open(session, to, ledger);
        await using var owned = sink;
        StreamReport report;
        try
        {
            if (sink is KafkaSink kafka)
                await kafka.ConnectAsync();
            report = await StreamSimulator.RunAsync(request, sink, session.Clock, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite("--to", to, e);
        }

        // With messages on stdout, nothing else may be printed there.
        var output = to is "-" ? parsed.InvocationConfiguration.Error : parsed.InvocationConfiguration.Output;
        var elapsed = session.Clock.GetElapsedTime(started);
        if (session.Json)
            output.WriteLine(AsJson(name, request, report, ledger, elapsed));
        else
            WriteText(output, name, report, ledger, elapsed);
        return report.Stopped && Signals.Received is { } signal ? signal
            : ledger.Delivered < report.Sent ? ExitCode.Service
            : ExitCode.Done;
    }

    private static (StreamSink Sink, string Name) Open(Session session, string to, DeliveryLedger ledger)
    {
        if (to is "-")
            return (new LineSink(Console.OpenStandardOutput(), ledger), "stdout");
        if (to is ToKafka)
        {
            var kafka = session.Settings.Kafka!;
            var topic =
                session.Parsed.GetValue(Topic) ?? (kafka.Topics is [var first, ..] ? first : Options.DefaultMuseum);
            var producer = new KafkaClients(kafka, session.Log, session.Settings.Redactor).Producer();
            return (new KafkaSink(producer, topic, ledger), $"topic {topic} at {kafka.BootstrapServers}");
        }

        try
        {
            return (new LineSink(new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.Read, 0), ledger), to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite("--to", to, e);
        }
    }

    private static DeliveryLedger OpenLedger(string? file)
    {
        try
        {
            return new DeliveryLedger(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite("--ledger", file!, e);
        }
    }

    private static MuseumException CannotWrite(string option, string file, Exception e) =>
        new(
            ExitCode.Service,
            $"{option} {file}: {e.Message.TrimEnd('.')}. Check that the directory exists, may be written to and "
                + $"has room.",
            e
        );

    private static void WriteText(
        TextWriter output,
        string to,
        StreamReport report,
        DeliveryLedger ledger,
        TimeSpan elapsed
    )
    {
        var says = CultureInfo.InvariantCulture;
        output.WriteLine(
            string.Create(
                says,
                $"{(report.Stopped ? "Stopped: delivered" : "Delivered")} {ledger.Delivered:N0} of "
                    + $"{report.Sent:N0} messages to {SafeText.Of(to)}"
            )
        );
        if (report.FirstAt is { } first)
            output.WriteLine(
                string.Create(
                    says,
                    $"  times        {first:yyyy-MM-dd HH:mm:ss} to {report.LastAt:yyyy-MM-dd HH:mm:ss}, museum time"
                )
            );
        output.WriteLine(string.Create(says, $"  ratings      {report.Ratings:N0}"));
        output.WriteLine(
            string.Create(
                says,
                $"  support      {report.Assistance + report.Emergencies:N0} ({report.Assistance:N0} assistance, "
                    + $"{report.Emergencies:N0} emergencies)"
            )
        );
        output.WriteLine(
            string.Create(
                says,
                $"  to refuse    {report.Reasons.Values.Sum():N0} ({report.PossibleHelp:N0} possibly calls for help)"
            )
        );
        foreach (var (reason, count) in report.Reasons)
            output.WriteLine(string.Create(says, $"    {reason, -18} {count:N0}"));
        foreach (var (partition, count) in ledger.Partitions.Where(_ => ledger.Partitions.Count > 1))
            output.WriteLine(string.Create(says, $"  partition {partition, -2} {count:N0}"));
        if (ledger.Delivered < report.Sent)
            output.WriteLine(
                string.Create(
                    says,
                    $"  unconfirmed  {report.Sent - ledger.Delivered:N0}: the brokers may have them or not"
                )
            );
        output.WriteLine(string.Create(says, $"  {report.Bytes / 1e6:N1} MB in {elapsed.TotalSeconds:N1} s"));
    }

    private static string AsJson(
        string to,
        StreamRequest request,
        StreamReport report,
        DeliveryLedger ledger,
        TimeSpan elapsed
    ) =>
        JsonSerializer.Serialize(
            new
            {
                command = "simulate stream",
                to,
                seed = request.Seed,
                stopped = report.Stopped,
                sent = report.Sent,
                delivered = ledger.Delivered,
                ratings = report.Ratings,
                support = report.Assistance + report.Emergencies,
                assistance = report.Assistance,
                emergencies = report.Emergencies,
                refused = report.Reasons.Values.Sum(),
                possible_help = report.PossibleHelp,
                reasons = report.Reasons,
                partitions = ledger.Partitions,
                bytes = report.Bytes,
                seconds = Math.Round(elapsed.TotalSeconds, 3),
            }
        );

    private static double? ReadRate(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (number, unit) = text.Split('/') switch
        {
            [var n] => (n, 1.0),
            [var n, "s"] => (n, 1.0),
            [var n, "min"] => (n, 60.0),
            _ => ("", 1.0),
        };
        if (
            double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
            && rate is > 0 and <= 1e7
        )
            return rate / unit;
        result.AddError(
            $"--rate: found '{text}', expected a number of messages a second or a minute, such as 20/s or 90/min"
        );
        return null;
    }

    private static DateTimeOffset? ReadTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        string[] forms = ["yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK"];
        if (
            DateTime.TryParseExact(
                text,
                forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.RoundtripKind,
                out var plain
            ) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
        {
            // A time without an offset is in the museum's zone.
            return plain.Kind is DateTimeKind.Unspecified
                ? new DateTimeOffset(plain, OpeningHours.Lmnh.Zone.GetUtcOffset(plain))
                : time;
        }

        result.AddError($"--at: found '{text}', expected a time such as 2024-10-21T09:21:24+01:00");
        return null;
    }
}
