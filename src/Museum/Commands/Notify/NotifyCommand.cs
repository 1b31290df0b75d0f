using System.CommandLine;
using System.Globalization;
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
    internal static readonly Argument<string> Name = new("NAME") { Description = "What the recipient is called here" };

    public static Command Create() =>
        new("notify", "Say who is told of emergencies and trouble, by e-mail or messenger")
        {
            List(),
            NotifyAdd.Create(),
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
            },
            Needs.Database
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
                using var channels = new Channels(
                    session.Settings.Serve.Notices,
                    webhook,
                    session.Settings.Serve.PublicUrl
                );
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
            Needs.Database | Needs.Writes | Needs.Serve
        );

    private static MuseumException Unknown(string name) =>
        new(ExitCode.Usage, $"no recipient has the name '{name}': museum notify list shows which there are");

    internal static OperatorMove Move(string command, string detail) => new(Environment.UserName, command, detail);

    internal static Command Verb(
        Command command,
        Func<Session, MuseumStore, CancellationToken, Task> work,
        Needs needs = Needs.Database | Needs.Writes
    )
    {
        command.WithCommon(Options.Target);
        Session.Act(
            command,
            needs,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                await work(session, store, cancel);
                return ExitCode.Done;
            }
        );
        return command;
    }

    internal static void Tell(Session session, MuseumStore store, string verb, string name, string said)
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
