using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Notices;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Commands.Notify;

/// <summary><c>museum notify add</c>: a recipient, and of what they are told.</summary>
internal static class NotifyAdd
{
    private const int LongestName = 100;

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
        NotifyCommand.Verb(
            new Command("add", "Add a recipient; a running museum serve tells them from then on")
            {
                NotifyCommand.Name,
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
                var move = NotifyCommand.Move("notify add", recipient.Channel);
                if (!await store.Notices.AddAsync(recipient, move, cancel))
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"the name '{recipient.Name}' is taken: museum notify remove {recipient.Name} removes the "
                            + $"old one"
                    );
                NotifyCommand.Tell(
                    session,
                    store,
                    "add",
                    recipient.Name,
                    $"Added {recipient.Name}, by {recipient.Channel}."
                );
            }
        );

    private static async Task<Recipient> ReadAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var parsed = session.Parsed;
        var channel = parsed.GetRequiredValue(Channel).ToLowerInvariant();
        var address = parsed.GetValue(To);
        if (channel == ChannelName.Email ? !MailChannel.IsAddress(address) : address is not null)
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
            NewName(session),
            channel,
            address,
            museum?.Code,
            KindsOf(parsed.GetValue(Of) ?? [], parsed.GetValue(Severity)),
            from,
            to,
            session.Clock.GetUtcNow()
        );
    }

    private static string NewName(Session session) =>
        session.Parsed.GetRequiredValue(NotifyCommand.Name).Trim() is { Length: > 0 and <= LongestName } name
        && !name.Any(char.IsControl)
            ? name
            : throw new MuseumException(
                ExitCode.Usage,
                $"NAME: found '{session.Parsed.GetValue(NotifyCommand.Name)}', expected 1 to {LongestName} "
                    + $"characters on one line"
            );

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
}
