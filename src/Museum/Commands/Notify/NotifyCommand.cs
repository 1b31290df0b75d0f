using System.CommandLine;
using System.Globalization;
using MimeKit;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Serve.Notices;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Notices;
using Spectre.Console;

namespace MuseumPipeline.Commands.Notify;

/// <summary><c>museum notify</c>: who is told of emergencies and trouble where they are, and not on a page.</summary>
internal static class NotifyCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "What the recipient is called here" };

    private static readonly Option<string> Channel = Options.Named(
        new("--channel")
        {
            Description = "How; where it leads, and its secret, are settings",
            HelpName = "email|slack|teams|pagerduty|webhook",
            Required = true,
        },
        ChannelName.All
    );

    private static readonly Option<string> To = new("--to")
    {
        Description = "The address of an e-mail",
        HelpName = "ADDRESS",
    };

    private static readonly Option<string> Museum = new("--museum")
    {
        Description = "Only of this museum; by default of every one",
        HelpName = "CODE",
    };

    private static readonly Option<string[]> Of = Options.NamedMany(
        new("--of")
        {
            Description = "Only of this; may be repeated; by default of everything",
            HelpName = string.Join('|', NoticeKind.Severities.Keys),
        },
        [.. NoticeKind.Severities.Keys]
    );

    private static readonly Option<string> Severity = Options.Named(
        new("--severity")
        {
            Description = "Only of what matters at least so much; by default of everything",
            HelpName = "info|warning|critical",
        },
        ["info", "warning", "critical"]
    );

    private static readonly Option<string> Hours = new("--hours")
    {
        Description = "Only at these hours of the museum's clock; by default at any",
        HelpName = "08:00-18:00",
    };

    public static Command Create() =>
        new("notify", "Say who is told of emergencies and trouble, by e-mail or messenger")
        {
            List(),
            Add(),
            Remove(),
            Test(),
        };

    private static Command List() =>
        Verb(
            new Command("list", "Show the recipients"),
            async (session, store, cancel) =>
            {
                var all = await store.Notices.RecipientsAsync(cancel);
                if (session.Json)
                {
                    JsonOutput.Print(
                        new RecipientsJson("notify list", store.Target, [.. all.Select(RecipientJson.Of)]),
                        NotifyShapes.Default.RecipientsJson
                    );
                    return;
                }

                var table = new Table().NoBorder();
                foreach (var title in (string[])["Name", "Channel", "To", "Museum", "Of", "Hours"])
                    table.AddColumn($"[bold]{title}[/]");
                foreach (var one in all.Select(RecipientJson.Of))
                    table.AddRow(
                        Show.Text(one.Name),
                        Show.Text(one.Channel),
                        Show.Text(one.To ?? ""),
                        Show.Text(one.Museum ?? "all"),
                        Show.Text(one.Kinds.Count == 0 ? "everything" : string.Join(", ", one.Kinds)),
                        Show.Text(one.Hours ?? "any")
                    );
                Terminal.Out.Write(table);
            }
        );

    private static Command Add() =>
        Verb(
            new Command("add", "Add a recipient; a running museum serve tells them from then on")
            {
                Name,
                Channel,
                To,
                Museum,
                Of,
                Severity,
                Hours,
            },
            async (session, store, cancel) =>
            {
                var recipient = await ReadAsync(session, store, cancel);
                var move = Move("notify add", recipient.Channel);
                if (!await store.Notices.AddAsync(recipient, move, cancel))
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"the name '{recipient.Name}' is taken: museum notify remove {recipient.Name} removes the old one"
                    );
                Tell(session, store, "add", recipient.Name, $"Added {recipient.Name}, by {recipient.Channel}.");
            }
        );

    private static Command Remove() =>
        Verb(
            new Command("remove", "Remove a recipient, with what they were still to be told") { Name },
            async (session, store, cancel) =>
            {
                var name = session.Parsed.GetRequiredValue(Name).Trim();
                if (!await store.Notices.RemoveAsync(name, Move("notify remove", ""), cancel))
                    throw Unknown(name);
                Tell(session, store, "remove", name, $"Removed {name}.");
            }
        );

    private static Command Test() =>
        Verb(
            new Command("test", "Tell a recipient that this is a test, and say whether it was taken") { Name },
            async (session, store, cancel) =>
            {
                var name = session.Parsed.GetRequiredValue(Name).Trim();
                var to =
                    (await store.Notices.RecipientsAsync(cancel)).FirstOrDefault(one => one.Name == name)
                    ?? throw Unknown(name);
                var now = session.Clock.GetUtcNow();
                using var webhook = session.Settings.Serve.Webhook is { } settings
                    ? new Webhook(settings, session.Clock)
                    : null;
                using var channels = new Channels(session.Settings.Serve.Notices, webhook);
                var problem = await channels.SendAsync(
                    to,
                    new Notice(
                        "test",
                        "test",
                        "info",
                        to.Museum ?? "museum",
                        "A test of Museum Pipeline",
                        $"This is a test: {to.Name} is told of what happens by {to.Channel}.",
                        now
                    ),
                    string.Create(CultureInfo.InvariantCulture, $"test.{now.ToUnixTimeMilliseconds()}"),
                    cancel
                );
                await store.OperatorLog.RecordAsync(
                    $"recipient {name}",
                    Move("notify test", problem ?? "taken"),
                    cancel
                );
                if (problem is not null)
                    throw new MuseumException(ExitCode.Service, $"{name} was not told: {problem}");
                Tell(session, store, "test", name, $"Told {name}.");
            },
            Needs.Database | Needs.Serve
        );

    private static async Task<Recipient> ReadAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var parsed = session.Parsed;
        var channel = parsed.GetRequiredValue(Channel).ToLowerInvariant();
        var address = parsed.GetValue(To);
        if (channel == ChannelName.Email ? !MailboxAddress.TryParse(address ?? "", out _) : address is not null)
            throw new MuseumException(
                ExitCode.Usage,
                $"--to: found '{address}', expected "
                    + (
                        channel == ChannelName.Email
                            ? "an e-mail address"
                            : $"none: {Channels.SettingOf(channel)} says where {channel} leads"
                    )
            );
        var code = parsed.GetValue(Museum);
        var museums = (await store.Counts.CatalogueAsync(cancel)).Museums;
        var museum = museums.FirstOrDefault(m => string.Equals(m.Code, code, StringComparison.OrdinalIgnoreCase));
        if (code is not null && museum is null)
            throw new MuseumException(
                ExitCode.Usage,
                $"--museum: found '{code}', expected one of {string.Join(", ", museums.Select(m => m.Code))}"
            );
        var (from, to) = HoursOf(parsed.GetValue(Hours));
        return new(
            parsed.GetRequiredValue(Name).Trim(),
            channel,
            address,
            museum?.Code,
            KindsOf(parsed.GetValue(Of) ?? [], parsed.GetValue(Severity)),
            from,
            to,
            session.Clock.GetUtcNow()
        );
    }

    private static List<string> KindsOf(string[] kinds, string? severity)
    {
        List<string> order = ["info", "warning", "critical"];
        var least = severity is null ? 0 : order.IndexOf(severity.ToLowerInvariant());
        if (kinds.Length == 0 && least == 0)
            return [];
        List<string> wanted =
        [
            .. NoticeKind
                .Severities.Where(kind =>
                    (kinds.Length == 0 || kinds.Contains(kind.Key, StringComparer.OrdinalIgnoreCase))
                    && order.IndexOf(kind.Value) >= least
                )
                .Select(kind => kind.Key),
        ];
        return wanted.Count > 0
            ? wanted
            : throw new MuseumException(
                ExitCode.Usage,
                $"--severity: nothing of {string.Join(", ", kinds)} matters so much; expected "
                    + string.Join(", ", kinds.Select(kind => NoticeKind.Severities[kind.ToLowerInvariant()]).Distinct())
            );
    }

    private static (TimeOnly?, TimeOnly?) HoursOf(string? text)
    {
        if (text is null)
            return (null, null);
        var parts = text.Split('-');
        return
            parts.Length == 2
            && TimeOnly.TryParseExact(
                parts[0].Trim(),
                "HH:mm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var from
            )
            && TimeOnly.TryParseExact(
                parts[1].Trim(),
                "HH:mm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var to
            )
            && from != to
            ? (from, to)
            : throw new MuseumException(
                ExitCode.Usage,
                $"--hours: found '{text}', expected hours such as 08:00-18:00, or 18:00-08:00 over midnight"
            );
    }

    private static MuseumException Unknown(string name) =>
        new(ExitCode.Usage, $"no recipient has the name '{name}': museum notify list shows which there are");

    private static OperatorMove Move(string command, string detail) => new(Environment.UserName, command, detail);

    private static Command Verb(
        Command command,
        Func<Session, MuseumStore, CancellationToken, Task> work,
        Needs needs = Needs.Database
    )
    {
        command.WithCommon(Options.Target);
        Session.Act(
            command,
            needs,
            async (session, cancel) =>
            {
                await using var store = Connections.OpenStore(session);
                await store.Maintenance.MigrateAsync(cancel);
                await work(session, store, cancel);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Tell(Session session, MuseumStore store, string verb, string name, string said)
    {
        if (session.Json)
            JsonOutput.Print(
                new RecipientChangeJson($"notify {verb}", store.Target, name),
                NotifyShapes.Default.RecipientChangeJson
            );
        else
            Terminal.Out.MarkupLine(Show.Text(said));
    }
}

internal sealed record RecipientsJson(string Command, string Target, IReadOnlyList<RecipientJson> Recipients);

/// <param name="To">Of an e-mail alone.</param>
/// <param name="Museum">Null: every one.</param>
/// <param name="Kinds">Empty: everything.</param>
/// <param name="Hours">Null: any.</param>
internal sealed record RecipientJson(
    string Name,
    string Channel,
    string? To,
    string? Museum,
    IReadOnlyList<string> Kinds,
    string? Hours
)
{
    public static RecipientJson Of(Recipient recipient) =>
        new(
            recipient.Name,
            recipient.Channel,
            recipient.Address,
            recipient.Museum,
            recipient.Kinds,
            recipient is { From: { } from, To: { } to }
                ? string.Create(CultureInfo.InvariantCulture, $"{from:HH:mm}-{to:HH:mm}")
                : null
        );
}

internal sealed record RecipientChangeJson(string Command, string Target, string Name);
