using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Reports;
using MuseumPipeline.Serve.Notices;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Report;

/// <summary><c>museum report</c>: a week on one sheet of paper.</summary>
internal static class ReportCommand
{
    private static readonly Option<string> Week = new("--week")
    {
        Description = "An ISO week, Monday to Sunday; last is the newest that is over in the museum",
        HelpName = "2023-W10|last",
        Required = true,
    };

    private static readonly Option<string> For = Options.Named(
        new("--for")
        {
            Description = "Who reads it",
            HelpName = "security|exhibitions",
            Required = true,
        },
        ["security", "exhibitions"]
    );

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The file to write; by default the page goes to stdout",
        HelpName = "FILE.html",
    };

    private static readonly Option<string> Mail = Address(
        new("--mail") { Description = "Send the page to this address, by MUSEUM_SMTP", HelpName = "ADDRESS" }
    );

    private static readonly Option<string> Museum = new("--museum")
    {
        Description = "The museum; by default the first",
        HelpName = "CODE",
    };

    public static Command Create()
    {
        var command = new Command(
            "report",
            "A week on one sheet of A4: an HTML page to print, for security or for exhibitions"
        ).WithCommon(Week, For, Output, Mail, Museum, Options.Target);
        command.Validators.Add(result =>
        {
            if (
                result.GetValue(Options.Json)
                && result.GetResult(Mail) is null
                && (result.GetValue(Output) is not { Length: > 0 } file || OutputFile.IsStandardOutput(file))
            )
                result.AddError("--json: the page itself would go to stdout; name its file with -o");
        });
        Session.Act(
            command,
            parsed => parsed.GetResult(Mail) is null ? Needs.Database : Needs.Database | Needs.Serve,
            RunAsync
        );
        return command;
    }

    private static Option<string> Address(Option<string> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }, ..] && !MailChannel.IsAddress(text))
                result.AddError($"{option.Name}: found '{text}', expected an e-mail address");
        });
        return option;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var asked = session.Parsed.GetRequiredValue(Week);
        ReportWeek? named = asked == "last" ? null : ReportWeek.Parse(asked);
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var week = named ?? await LastAsync(session, store, cancel);
        var report = new WeeklyReport(store, RatingTarget.Of(session.Settings.TargetMean), session.Clock);
        var security = string.Equals(session.Parsed.GetValue(For), "security", StringComparison.OrdinalIgnoreCase);
        var museum = session.Parsed.GetValue(Museum);
        var page = Encoding.UTF8.GetBytes(
            await (
                security ? report.SecurityAsync(week, museum, cancel) : report.ExhibitionsAsync(week, museum, cancel)
            )
        );
        var audience = security ? "security" : "exhibitions";
        var (address, file) = (session.Parsed.GetValue(Mail), session.Parsed.GetValue(Output));
        if (address is not null)
            await SendAsync(session, address, (week, audience), page, cancel);
        if (file is not null)
            await WriteAsync(file, page, cancel);
        else if (address is null)
        {
            await using var stdout = Console.OpenStandardOutput();
            await stdout.WriteAsync(page, cancel);
        }

        if (file is null ? address is null : OutputFile.IsStandardOutput(file))
            return ExitCode.Done;
        if (session.Json)
            JsonOutput.Print(
                new ReportJson(
                    "report",
                    store.Target,
                    week.ToString(),
                    audience,
                    file is null ? address! : Path.GetFullPath(file),
                    page.Length
                ),
                ReportShapes.Default.ReportJson
            );
        else
            Terminal.Out.MarkupLine(
                file is null
                    ? Show.Text($"Sent to {address}.")
                    : $"Written: {Show.Text(file)}. Open it in a browser; it prints on one sheet of A4."
            );
        return ExitCode.Done;
    }

    private static async Task<ReportWeek> LastAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var code = session.Parsed.GetValue(Museum);
        var museums = await store.Museums.ListAsync(cancel);
        // The report itself says what is wrong with a code that no museum has.
        var museum = museums.FirstOrDefault(
            of => string.Equals(of.Code, code, StringComparison.OrdinalIgnoreCase),
            museums[0]
        );
        var zone = TimeZones.Find(museum.TimeZone);
        return ReportWeek.Before(
            DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(session.Clock.GetUtcNow(), zone).DateTime)
        );
    }

    private static async Task SendAsync(
        Session session,
        string address,
        (ReportWeek Week, string Audience) sheet,
        byte[] page,
        CancellationToken cancel
    )
    {
        if (session.Settings.Serve.Notices.Mail is not { } settings)
            throw new MuseumException(
                ExitCode.Configuration,
                "--mail: no mail server is set: MUSEUM_SMTP (smtps://HOST:465) and MUSEUM_MAIL_FROM"
            );
        var problem = await new MailChannel(settings).SendPageAsync(
            address,
            $"The museum's week {sheet.Week}, for {sheet.Audience}",
            Encoding.UTF8.GetString(page),
            // The same whenever it is sent: mail programs show a sheet that a timer sends twice once.
            $"report.{sheet.Week}.{sheet.Audience}.{session.Parsed.GetValue(Museum)}.{HashOf(address)}",
            cancel
        );
        if (problem is not null)
            throw new MuseumException(ExitCode.Service, $"--mail: {address} was not sent the page: {problem}");
    }

    private static string HashOf(string address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)).AsSpan(0, 8));

    private static async Task WriteAsync(string file, byte[] page, CancellationToken cancel)
    {
        try
        {
            await OutputFile.WriteAsync(
                file,
                async stream =>
                {
                    await stream.WriteAsync(page, cancel);
                    return page.Length;
                },
                cancel
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(ExitCode.Service, $"cannot write {Path.GetFullPath(file)}: {e.Message}", e);
        }
    }
}

/// <param name="File">Or the address it was sent to.</param>
internal sealed record ReportJson(string Command, string Target, string Week, string For, string File, int Bytes);
