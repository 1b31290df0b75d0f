using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Buttons;

/// <summary><c>museum buttons</c>: what the kiosks' buttons mean, in every number.</summary>
internal static class ButtonsCommand
{
    private static readonly Argument<string> Kind = Options.NamedArgument(
        new("KIND") { Description = "rating or support" },
        ["rating", "support"]
    );

    private static readonly Argument<int> Value = new("VALUE")
    {
        Description = "What the kiosk sends: val of a rating, type of a call for help",
        CustomParser = result => NumberOption.Whole(result, "VALUE", 0) ?? 0,
    };

    private static readonly Argument<string> Name = new("NAME") { Description = "Its name on every page" };

    private static readonly Option<bool> Emergency = new("--emergency")
    {
        Description = "For a call for help: it alarms and escalates like an emergency",
    };

    public static Command Create() =>
        new("buttons", "List, add and rename the kiosks' buttons") { List(), Add(), Rename() };

    private static Command List() =>
        Verb(
            new Command("list", "Show them"),
            async (session, store, cancel) =>
            {
                var buttons = await store.Buttons.ListAsync(cancel);
                List<ButtonJson> all =
                [
                    .. buttons.Ratings.Select(type => ButtonJson.Of(PressKind.Rating, type)),
                    .. buttons.Support.Select(type => ButtonJson.Of(PressKind.Support, type)),
                ];
                if (session.Json)
                    JsonOutput.Print(
                        new ButtonsJson("buttons list", store.Target, all),
                        ButtonsShapes.Default.ButtonsJson
                    );
                else
                    Print(all);
            }
        );

    private static Command Add() =>
        Verb(
            new Command("add", "Add a button: its presses count from now on, under its own name")
            {
                Kind,
                Value,
                Name,
                Emergency,
            },
            async (session, store, cancel) =>
            {
                var parsed = session.Parsed;
                var kind = KindOf(parsed.GetRequiredValue(Kind));
                var alarms = parsed.GetValue(Emergency);
                if (alarms && kind is PressKind.Rating)
                    throw new MuseumException(
                        ExitCode.Usage,
                        "--emergency: found with a rating, expected with a call for help: museum buttons add support "
                            + "VALUE NAME --emergency"
                    );
                var button = await store.Buttons.AddAsync(
                    kind,
                    new PressType(0, parsed.GetValue(Value), parsed.GetRequiredValue(Name)) { Alarms = alarms },
                    Environment.UserName,
                    cancel
                );
                Tell(
                    session,
                    store,
                    "add",
                    ButtonJson.Of(kind, button),
                    $"Added {button.Description}. Presses of it that were refused so far: museum quarantine replay "
                        + $"--reason {(kind is PressKind.Rating ? Reason.InvalidVal : Reason.InvalidType).Code()}"
                );
            }
        );

    private static Command Rename() =>
        Verb(
            new Command("rename", "Rename a button, in every number") { Kind, Value, Name },
            async (session, store, cancel) =>
            {
                var parsed = session.Parsed;
                var kind = KindOf(parsed.GetRequiredValue(Kind));
                var button = await store.Buttons.RenameAsync(
                    kind,
                    parsed.GetValue(Value),
                    parsed.GetRequiredValue(Name),
                    Environment.UserName,
                    cancel
                );
                Tell(session, store, "rename", ButtonJson.Of(kind, button), $"It is called {button.Description}.");
            }
        );

    private static Command Verb(Command command, Func<Session, MuseumStore, CancellationToken, Task> work)
    {
        command.WithCommon(Options.Target);
        Session.Act(
            command,
            command.Name == "list" ? Needs.Database : Needs.Database | Needs.Writes,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                await work(session, store, cancel);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static PressKind KindOf(string word) =>
        string.Equals(word, "rating", StringComparison.OrdinalIgnoreCase) ? PressKind.Rating : PressKind.Support;

    private static void Tell(Session session, MuseumStore store, string verb, ButtonJson button, string said)
    {
        if (session.Json)
            JsonOutput.Print(
                new ButtonChangeJson($"buttons {verb}", store.Target, button),
                ButtonsShapes.Default.ButtonChangeJson
            );
        else
            Terminal.Out.MarkupLine(Show.Text(said));
    }

    private static void Print(IReadOnlyList<ButtonJson> buttons)
    {
        var table = new Table().NoBorder();
        foreach (var title in (string[])["Kind", "Value", "Name", ""])
            table.AddColumn($"[bold]{title}[/]");
        foreach (var button in buttons)
            table.AddRow(
                Show.Text(button.Kind),
                button.Value.ToString(CultureInfo.InvariantCulture),
                Show.Text(button.Name),
                button.Emergency ? "alarms and is escalated" : ""
            );
        Terminal.Out.Write(table);
    }
}

internal sealed record ButtonsJson(string Command, string Target, IReadOnlyList<ButtonJson> Buttons);

internal sealed record ButtonChangeJson(string Command, string Target, ButtonJson Button);

internal sealed record ButtonJson(string Kind, int Value, string Name, bool Emergency)
{
    public static ButtonJson Of(PressKind kind, PressType type) =>
        new(kind is PressKind.Rating ? "rating" : "support", type.Value, type.Description, type.Alarms);
}
