using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Commands.Doctor;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db vacuum-check</c>: whether the database's own maintenance keeps up.</summary>
internal static class VacuumCheck
{
    private const long Many = 10_000;
    private const double Share = 0.2;

    /// <summary>PostgreSQL takes no more writes at 2 billion transactions.</summary>
    private const long OldTransactions = 1_000_000_000;

    public static Command Create()
    {
        var command = new Command(
            "vacuum-check",
            "Show which tables have dead rows or old statistics, and what to do; changes nothing"
        ).WithCommon(Options.Target);
        Session.Act(command, Needs.Database, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var store = Connections.OpenExisting(session);
        var tables = await store.Maintenance.CareAsync(cancel);
        var checks = tables.SelectMany(table => Judge(table, session.Settings.Database)).ToList();
        if (checks.Count == 0)
            checks.Add(
                Check.Fine(
                    "tables",
                    string.Create(CultureInfo.InvariantCulture, $"{tables.Count} checked; maintenance keeps up")
                )
            );
        return Checks.Tell(session, "db vacuum-check", checks, "Nothing has to be done at once.");
    }

    internal static IEnumerable<Check> Judge(TableCare table, DatabaseSettings database)
    {
        var all = table.Rows + table.Dead;
        if (table.Dead > Many && table.Dead > Share * all)
            yield return Check.Doubtful(
                table.Table,
                $"{Show.Number(table.Dead)} of {Show.Number(all)} {table.Unit} are dead",
                database is EmbeddedSettings { Path: var path }
                    ? $"while nothing else runs: sqlite3 {path} vacuum (a backup and its restore do the same)"
                    : $"as its owner: vacuum (analyze) {table.Table}; if it comes back, look for transactions that "
                        + $"stay open"
            );
        if (!table.Analyzed && table.Rows > Many)
            yield return Check.Doubtful(
                table.Table,
                $"no statistics for its {Show.Number(table.Rows)} rows, so query plans are guesses",
                $"as its owner: analyze {table.Table}; is autovacuum on?"
            );
        if (table.TransactionAge > OldTransactions)
            yield return Check.Wrong(
                table.Table,
                ExitCode.Service,
                $"its oldest row is {Show.Number(table.TransactionAge)} transactions old; at 2,000,000,000 the "
                    + $"server stops",
                $"as its owner, now: vacuum (freeze) {table.Table}"
            );
    }
}
