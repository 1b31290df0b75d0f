using System.CommandLine;
using MuseumPipeline.Commands.Sources;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Verify;

/// <summary><c>museum verify</c>: reads the sources again and proves that the database matches them.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string[]> Which = new("SOURCE")
    {
        Description =
            "Sources by number or name (museum sources list), a place, a topic, or the file of an archive; all by "
            + "default",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<long?> Sample = NumberOption.Whole(
        new("--sample")
        {
            Description = "Compare about N records of each source, from all over it, instead of every one",
        },
        least: 1L
    );

    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Read the sources again and compare them with the database record by record; writes nothing"
        );
        command.Arguments.Add(Which);
        command.WithCommon(Sample, Options.OpeningHours, Options.Target);
        Session.Act(command, Needs.Database | Needs.KafkaIfSet, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        List<Archive> archives = [];
        try
        {
            var options = OptionsOf(session) with
            {
                Only = await ChosenAsync(session, store, archives, cancel),
                Archives = archives,
            };
            var report = await new Verifier(store, options).RunAsync(cancel);
            if (session.Json)
                JsonOutput.Print(VerifyJson.Of(store.Target, report), VerifyShapes.Default.VerifyJson);
            else
                new VerifyView(Terminal.Out, report).Print(store.Describe);
            return report.Wrong > 0 ? ExitCode.DataRefused
                : report.Sources.Count == 0 && report.Unread.Count > 0 ? ExitCode.Service
                : ExitCode.Done;
        }
        finally
        {
            archives.ForEach(archive => archive.Dispose());
        }
    }

    /// <summary>The sources named; a file that is not a source is an archive.</summary>
    private static async Task<Func<LedgerSource, bool>?> ChosenAsync(
        Session session,
        MuseumStore store,
        List<Archive> archives,
        CancellationToken cancel
    )
    {
        var names = session.Parsed.GetValue(Which) ?? [];
        if (names.Length == 0)
            return null;
        var sources = await store.Ledger.ListAsync(cancel);
        var chosen = new HashSet<int>();
        foreach (var name in names)
        {
            var found = SourceNames.Find(sources, name);
            chosen.UnionWith(found.Select(source => source.Row.Id));
            if (found.Count > 0)
                continue;
            if (name != "-" && !Path.Exists(name))
                throw SourceNames.Unknown(name);
            var archive = await Archive.OpenAsync(
                name,
                Console.OpenStandardInput(),
                Connections.Spool(session.Settings),
                cancel
            );
            archives.Add(archive);
            var files = sources.Where(source => source.Row.Kind == "file").ToList();
            var version = await archive.FindAsync(files.Select(s => (s.Row.Version, s.Row.Size)), cancel);
            chosen.UnionWith(files.Where(source => source.Row.Version == version).Select(source => source.Row.Id));
        }

        return source => chosen.Contains(source.Row.Id);
    }

    private static VerifyOptions OptionsOf(Session session) =>
        new(
            Connections.Loading(session).History,
            Connections.Streaming(session).Rules,
            session.Clock,
            Connections.Records(session, session.Settings)
        )
        {
            Sample = session.Parsed.GetValue(Sample),
        };
}

internal sealed record VerifyJson(
    string Command,
    string Target,
    DateTimeOffset At,
    bool Verified,
    bool Sampled,
    long Records,
    long Ratings,
    long Support,
    long Quarantined,
    long WouldPass,
    long Retired,
    long Wrong,
    IReadOnlyDictionary<string, long> Kinds,
    IReadOnlyList<Difference> Differences,
    IReadOnlyList<VerifiedSource> Sources,
    IReadOnlyList<UnreadSource> Unread,
    double Seconds
)
{
    public static VerifyJson Of(string target, VerifyReport report) =>
        new(
            "verify",
            target,
            report.At,
            report is { Wrong: 0, Sources.Count: > 0 },
            report.Sampled,
            report.Compared,
            report.Ratings,
            report.Support,
            report.Refused,
            report.WouldPass,
            report.Retired,
            report.Wrong,
            report.Kinds,
            report.Differences,
            report.Sources,
            report.Unread,
            Math.Round(report.Elapsed.TotalSeconds, 3)
        );
}
