using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Museums;

/// <summary><c>museum museums</c>: the museums whose files and topics are loaded, and their opening hours.</summary>
internal static class MuseumsCommand
{
    private static readonly Argument<string> Code = new("CODE") { Description = "The museum's code, such as LMNH" };

    private static readonly Option<string?> NewCode = new("--code")
    {
        Description = "Change its code",
        HelpName = "CODE",
    };

    public static Command Create() =>
        new("museums", "List, add, change and remove museums")
        {
            List(),
            Add(),
            ChangeOne(),
            Remove(),
            FloorPlanCommand.Create(),
        };

    private static Command List() =>
        Verb(
            new Command("list", "Show them"),
            async (session, store, cancel) =>
            {
                var museums = await store.Museums.ListAsync(cancel);
                if (session.Json)
                    JsonOutput.Print(
                        new MuseumsJson("museums list", store.Target, [.. museums.Select(MuseumJson.Of)]),
                        MuseumsShapes.Default.MuseumsJson
                    );
                else
                    Print(museums);
            }
        );

    private static Command Add()
    {
        var facts = new Facts(required: true);
        var command = new Command("add", "Add a museum; load its exhibitions afterwards") { Code };
        facts.AddTo(command);
        return Verb(
            command,
            async (session, store, cancel) =>
            {
                var parsed = session.Parsed;
                var museum = await store.Museums.AddAsync(
                    facts.Over(parsed, new(parsed.GetRequiredValue(Code), "", "", "", default, default, "")),
                    cancel
                );
                Tell(session, store, "add", museum, Change.Created, $"Added {museum.Code}.");
            }
        );
    }

    private static Command ChangeOne()
    {
        var facts = new Facts(required: false);
        var command = new Command("change", "Change a museum; presses that were judged before are not judged again")
        {
            Code,
            NewCode,
        };
        facts.AddTo(command);
        command.Validators.Add(result =>
        {
            if (
                !result.Children.OfType<OptionResult>().Any(given => facts.Has(given.Option) || given.Option == NewCode)
            )
                result.AddError($"found nothing to change, expected one of {NewCode.Name}, {facts.Names}");
        });
        return Verb(
            command,
            async (session, store, cancel) =>
            {
                var parsed = session.Parsed;
                var (museum, change) = await store.Museums.ChangeAsync(
                    parsed.GetRequiredValue(Code),
                    before => facts.Over(parsed, before) with { Code = parsed.GetValue(NewCode) ?? before.Code },
                    cancel
                );
                Tell(
                    session,
                    store,
                    "change",
                    museum,
                    change,
                    change is Change.Changed ? $"Changed {museum.Code}." : $"{museum.Code} is so already."
                );
            }
        );
    }

    private static Command Remove() =>
        Verb(
            new Command("remove", "Remove a museum that has neither exhibitions nor sources") { Code },
            async (session, store, cancel) =>
            {
                var museum = await store.Museums.RemoveAsync(session.Parsed.GetRequiredValue(Code), cancel);
                Tell(session, store, "remove", museum, Change.Changed, $"Removed {museum.Code}.");
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

    private static void Tell(Session session, MuseumStore store, string verb, Museum museum, Change change, string said)
    {
        if (session.Json)
        {
            JsonOutput.Print(
                new MuseumChangeJson($"museums {verb}", store.Target, Show.Word(change), MuseumJson.Of(museum)),
                MuseumsShapes.Default.MuseumChangeJson
            );
            return;
        }

        Terminal.Out.MarkupLine(Show.Text(said));
        if (verb is not "remove")
            Print([museum]);
    }

    private static void Print(IReadOnlyList<Museum> museums)
    {
        var table = new Table().NoBorder();
        foreach (var title in (string[])["Code", "Name", "Topic", "Prefix", "Open", "Time zone"])
            table.AddColumn($"[bold]{title}[/]");
        foreach (var m in museums)
        {
            table.AddRow(
                Show.Text(m.Code),
                Show.Text(m.Name),
                Show.Text(m.Topic),
                Show.Text(m.Prefix),
                string.Create(CultureInfo.InvariantCulture, $"{m.Opens:HH:mm}–{m.Closes:HH:mm}"),
                Show.Text(m.TimeZone)
            );
        }

        Terminal.Out.Write(table);
    }

    /// <summary>The options that describe a museum: all of them for a new one, any of them for a change.</summary>
    private sealed class Facts(bool required)
    {
        private readonly Option<string> _name = new("--name")
        {
            Description = "Its name",
            HelpName = "NAME",
            Required = required,
        };
        private readonly Option<string> _topic = new("--topic")
        {
            Description = "The Kafka topic of its kiosks",
            HelpName = "T",
            Required = required,
        };
        private readonly Option<string> _prefix = new("--prefix")
        {
            Description = "The start of its objects' names in the bucket, before _hist_data_",
            HelpName = "P",
            Required = required,
        };
        private readonly Option<TimeOnly?> _opens = Time("--opens", "When it opens, by its own clock", required);
        private readonly Option<TimeOnly?> _closes = Time("--closes", "When it closes", required);
        private readonly Option<string> _zone = new("--time-zone")
        {
            Description = "Its time zone, such as Europe/London",
            HelpName = "Z",
            Required = required,
        };

        private Option[] All => [_name, _topic, _prefix, _opens, _closes, _zone];

        public string Names => string.Join(", ", All.Select(option => option.Name));

        public bool Has(Option option) => All.Contains(option);

        public void AddTo(Command command)
        {
            foreach (var option in All)
                command.Options.Add(option);
        }

        public MuseumFacts Over(ParseResult parsed, MuseumFacts before) =>
            new(
                before.Code,
                parsed.GetValue(_name) ?? before.Name,
                parsed.GetValue(_topic) ?? before.Topic,
                parsed.GetValue(_prefix) ?? before.Prefix,
                parsed.GetValue(_opens) ?? before.Opens,
                parsed.GetValue(_closes) ?? before.Closes,
                parsed.GetValue(_zone) ?? before.TimeZone
            );

        private static Option<TimeOnly?> Time(string name, string description, bool required) =>
            new(name)
            {
                Description = description,
                HelpName = "HH:mm",
                Required = required,
                CustomParser = result => ReadTime(result, name),
            };

        private static TimeOnly? ReadTime(ArgumentResult result, string name)
        {
            var text = result.Tokens[0].Value;
            if (
                TimeOnly.TryParseExact(
                    text,
                    ["HH:mm", "HH:mm:ss"],
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var time
                )
            )
                return time;
            result.AddError($"{name}: found '{text}', expected a time of day such as 08:45");
            return null;
        }
    }
}

internal sealed record MuseumsJson(string Command, string Target, IReadOnlyList<MuseumJson> Museums);

internal sealed record MuseumChangeJson(string Command, string Target, string Change, MuseumJson Museum);

internal sealed record MuseumJson(
    int Id,
    string Code,
    string Name,
    string Topic,
    string Prefix,
    string Opens,
    string Closes,
    string TimeZone
)
{
    public static MuseumJson Of(Museum m) =>
        new(
            m.Id,
            m.Code,
            m.Name,
            m.Topic,
            m.Prefix,
            m.Opens.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            m.Closes.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            m.TimeZone
        );
}
