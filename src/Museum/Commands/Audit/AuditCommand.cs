using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts.Audit;
using Spectre.Console;

namespace MuseumPipeline.Commands.Audit;

/// <summary><c>museum audit</c>: who did what, and the proof that nobody changed it.</summary>
internal static class AuditCommand
{
    private const int Page = 1000;

    private static readonly Option<int> Most = Options.Most("rows", 50);

    private static readonly Option<string> Expect = new("--expect")
    {
        Description = "A hash that an earlier verify printed: it must still be in the chain",
        HelpName = "HASH",
    };

    private static readonly Argument<string> To = new("FILE")
    {
        Description = "JSON lines, the oldest first; - for standard output",
    };

    public static Command Create()
    {
        var list = new Command("list", "Show who did what, the newest first").WithCommon(Most, Options.Target);
        Act(list, ListAsync);
        var verify = new Command(
            "verify",
            "Prove that no row was changed, removed or inserted; exit code 5 if one was"
        ).WithCommon(Expect, Options.Target);
        Act(verify, VerifyAsync);
        var export = new Command("export", "Write all of it to a file").WithCommon(Options.Target);
        export.Arguments.Add(To);
        Act(export, ExportAsync);
        return new Command("audit", "Show who did what, and prove it") { list, verify, export, RetireCommand.Create() };
    }

    private static void Act(Command command, Func<Session, IAudit, CancellationToken, Task<ExitCode>> work) =>
        Session.Act(
            command,
            Needs.Database,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                return await work(session, store.Audit, cancel);
            }
        );

    private static async Task<ExitCode> ListAsync(Session session, IAudit audit, CancellationToken cancel)
    {
        var rows = await audit.ListAsync(session.Parsed.GetValue(Most), cancel);
        if (session.Json)
        {
            JsonOutput.Print(
                new AuditListJson("audit list", [.. rows.Select(AuditRowJson.Of)]),
                AuditShapes.Default.AuditListJson
            );
            return ExitCode.Done;
        }

        var table = new Table().NoBorder();
        foreach (var title in (string[])["Id", "When", "What", "Who", "From", "To whom", "Detail"])
            table.AddColumn($"[bold]{title}[/]");
        foreach (var row in rows)
            table.AddRow(
                row.Id.ToString(CultureInfo.InvariantCulture),
                Show.Time(row.At),
                Show.Text(row.Times == 1 ? row.Event : $"{row.Event} ({row.Times} times)"),
                Show.Text(row.Provider.Length == 0 ? row.Who : $"{row.Who} ({row.Provider})"),
                Show.Text(row.Address),
                Show.Text(row.Subject ?? ""),
                Show.Text(row.Detail)
            );
        Terminal.Out.Write(table);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> VerifyAsync(Session session, IAudit audit, CancellationToken cancel)
    {
        var proof = await audit.VerifyAsync(cancel);
        var expected = session.Parsed.GetValue(Expect)?.Trim().ToLowerInvariant();
        var missing = proof.BrokenAt is null && expected is not null && !await HoldsAsync(audit, expected, cancel);
        var good = proof.BrokenAt is null && !missing;
        if (session.Json)
            JsonOutput.Print(
                new AuditVerifyJson("audit verify", good, proof.Rows, proof.Head, proof.BrokenAt, proof.RetiredThrough),
                AuditShapes.Default.AuditVerifyJson
            );
        else if (proof.BrokenAt is { } broken)
            Console.Out.WriteLine(
                $"Row {broken} is not as it was written, or the row before it is missing; {Show.Number(proof.Rows)} rows "
                    + "before it are good."
            );
        else if (missing)
            Console.Out.WriteLine("The hash that was expected is not in the chain: rows at its end were removed.");
        else
            Console.Out.WriteLine(
                $"{Show.Number(proof.Rows)} rows are as they were written{Retired(proof)}. Keep this elsewhere, and a "
                    + $"later verify --expect proves that none is missing: {proof.Head}"
            );
        return good ? ExitCode.Done : ExitCode.DataRefused;
    }

    private static string Retired(AuditProof proof) =>
        proof.RetiredThrough is { } last ? $", after row {last}, up to which they were removed as too old" : "";

    private static async Task<bool> HoldsAsync(IAudit audit, string hash, CancellationToken cancel)
    {
        await foreach (var row in AllAsync(audit, cancel))
        {
            if (row.Hash == hash)
                return true;
        }

        return false;
    }

    private static async Task<ExitCode> ExportAsync(Session session, IAudit audit, CancellationToken cancel)
    {
        var file = session.Parsed.GetRequiredValue(To);
        long rows;
        try
        {
            rows =
                file == "-"
                    ? await WriteAsync(Console.OpenStandardOutput(), audit, cancel)
                    : await OutputFile.WriteAsync(file, stream => WriteAsync(stream, audit, cancel), cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(ExitCode.Service, $"cannot write {Path.GetFullPath(file)}: {e.Message}", e);
        }

        if (session.Json && file != "-")
            JsonOutput.Print(new AuditExportJson("audit export", file, rows), AuditShapes.Default.AuditExportJson);
        else
            Console.Error.WriteLine(SafeText.Of($"{Show.Number(rows)} rows to {file}"));
        return ExitCode.Done;
    }

    private static async Task<long> WriteAsync(Stream stream, IAudit audit, CancellationToken cancel)
    {
        var rows = 0L;
        await foreach (var row in AllAsync(audit, cancel))
        {
            await JsonSerializer.SerializeAsync(stream, AuditRowJson.Of(row), AuditShapes.Default.AuditRowJson, cancel);
            stream.WriteByte((byte)'\n');
            rows++;
        }

        return rows;
    }

    private static async IAsyncEnumerable<AuditRow> AllAsync(
        IAudit audit,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        for (long last = 0; ; )
        {
            var rows = await audit.AfterAsync(last, Page, cancel);
            foreach (var row in rows)
                yield return row;
            if (rows.Count < Page)
                yield break;
            last = rows[^1].Id;
        }
    }
}
