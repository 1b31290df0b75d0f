using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Commands.Audit;

/// <summary><c>museum audit retire</c>: what is kept of people, and for how long.</summary>
internal static class RetireCommand
{
    public static Command Create()
    {
        var command = new Command(
            "retire",
            "Remove whole months that are older than MUSEUM_RETAIN_AUDIT and MUSEUM_RETAIN_NOTES; as the tables' owner"
        ).WithCommon(Options.Target);
        Session.Act(command, Needs.Database | Needs.Writes, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var (audit, notes) = (session.Settings.RetainAudit, session.Settings.RetainNotes);
        if (audit is null && notes is null)
            throw new MuseumException(
                ExitCode.Configuration,
                "neither MUSEUM_RETAIN_AUDIT nor MUSEUM_RETAIN_NOTES is set, so everything is kept: set the months to keep"
            );
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var (rows, emptied) = await ApplyAsync(session, store, cancel);
        if (session.Json)
            JsonOutput.Print(
                new AuditRetireJson("audit retire", store.Target, rows, emptied),
                AuditShapes.Default.AuditRetireJson
            );
        else
            Console.Out.WriteLine(
                $"{Show.Number(rows)} rows of the audit removed, {Show.Number(emptied)} notes emptied."
            );
        return ExitCode.Done;
    }

    /// <summary>What of the two is set.</summary>
    internal static async Task<(long Rows, int Notes)> ApplyAsync(
        Session session,
        MuseumStore store,
        CancellationToken cancel
    )
    {
        var (rows, emptied) = (0L, 0);
        if (Before(session, session.Settings.RetainNotes) is { } notes)
            emptied = await store.Incidents.ForgetNotesAsync(notes, cancel);
        if (Before(session, session.Settings.RetainAudit) is { } audit)
            rows = await store.Audit.RetireAsync(audit, cancel);
        await RecordAsync(session, store, rows, emptied, cancel);
        return (rows, emptied);
    }

    private static Task RecordAsync(
        Session session,
        MuseumStore store,
        long rows,
        int notes,
        CancellationToken cancel
    ) =>
        rows + notes == 0
            ? Task.CompletedTask
            : store.Audit.AddAsync(
                [
                    new(
                        session.Clock.GetUtcNow(),
                        "audit retire",
                        new(Environment.UserName, AuditActor.Machine),
                        $"{rows} rows, {notes} notes"
                    ),
                ],
                cancel
            );

    /// <summary>The beginning of a month; null if all are kept.</summary>
    internal static DateTimeOffset? Before(Session session, int? months)
    {
        var now = session.Clock.GetUtcNow();
        return months is { } kept
            ? new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-kept)
            : null;
    }
}
