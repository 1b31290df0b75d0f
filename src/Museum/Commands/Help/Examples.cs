using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MuseumPipeline.Model;

namespace MuseumPipeline.Commands.Help;

/// <summary>Two lines to copy for each verb, shown below its help. A test parses every one.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> OfVerbs = new(StringComparer.Ordinal)
    {
        ["load"] =
        [
            "museum load -b samples/bucket --database samples.db",
            "museum load -b s3://my-museum-bucket/history --recursive --dry-run",
            "museum load --watch",
        ],
        ["consume"] = ["museum consume --until-end --timeout 60", "museum consume --from messages.ndjson.gz --dry-run"],
        ["serve"] = ["museum serve", "museum serve --listen 0.0.0.0:8443"],
        ["report"] =
        [
            "museum report --week 2023-W10 --for security -o week.html",
            "museum report --week 2023-W10 --for exhibitions --museum LMNH > week.html",
        ],
        ["demo"] = ["museum demo", "museum demo -b samples/bucket --rate 20 --no-staff"],
        ["kafka status"] = ["museum kafka status", "museum kafka status --json"],
        ["kafka rewind"] =
        [
            "museum kafka rewind lmnh --to earliest",
            "museum kafka rewind lmnh:0 --to 2026-11-24T08:45:00Z",
        ],
        ["kafka accept-loss"] = ["museum kafka accept-loss lmnh:0", "museum kafka accept-loss lmnh --json"],
        ["s3 buckets"] = ["museum s3 buckets", "museum s3 buckets --json"],
        ["s3 objects"] = ["museum s3 objects -b my-museum-bucket", "museum s3 objects -b samples/bucket --json"],
        ["s3 download"] =
        [
            "museum s3 download -b my-museum-bucket --to history",
            "museum s3 download -b my-museum-bucket --prefix 2023/ --to history",
        ],
        ["s3 merge"] = ["museum s3 merge history", "museum s3 merge history -o merged.csv"],
        ["s3 clean"] = ["museum s3 clean history", "museum s3 clean history -o merged.csv"],
        ["db migrate"] = ["museum db migrate", "museum db migrate --database samples.db"],
        ["db status"] = ["museum db status", "museum db status --target aws --json"],
        ["db ping"] = ["museum db ping", "museum db ping --target local"],
        ["db reset-interactions"] =
        [
            "museum db reset-interactions --database samples.db",
            "museum db reset-interactions --database samples.db --yes",
        ],
        ["db import"] =
        [
            "museum db import --from public",
            "museum db import --from postgresql://etl@db.example.org/museum --time-zone Europe/London",
        ],
        ["db copy"] = ["museum db copy --to aws", "museum db copy --from local --to aws"],
        ["db grants"] =
        [
            "museum db grants --for serve",
            "museum db grants --for bi --role tableau --apply --target aws",
        ],
        ["db vacuum-check"] = ["museum db vacuum-check", "museum db vacuum-check --target local --json"],
        ["db retain"] =
        [
            "museum db retain --dry-run",
            "museum db retain --to archive",
            "museum db retain --to s3://my-bucket/archive --target aws",
        ],
        ["db backup"] =
        [
            "museum db backup /backups/museum-monday.db",
            "museum db backup copy.db --database samples.db",
        ],
        ["db restore"] =
        [
            "museum db restore /backups/museum-monday.db",
            "museum db restore copy.db --database samples.db --yes",
        ],
        ["quarantine list"] =
        [
            "museum quarantine list --possible-help",
            "museum quarantine list --reason unknown_site --most 10",
        ],
        ["quarantine show"] = ["museum quarantine show 17", "museum quarantine show 17 --json"],
        ["quarantine replay"] =
        [
            "museum quarantine replay --reason unknown_site --dry-run",
            "museum quarantine replay 17",
            "museum quarantine replay --all",
        ],
        ["quarantine discard"] =
        [
            "museum quarantine discard 17 --why \"a test press\"",
            "museum quarantine discard --reason past --why \"the clock of kiosk 3\"",
        ],
        ["quarantine export"] =
        [
            "museum quarantine export held.csv",
            "museum quarantine export held.ndjson --reason invalid_at",
        ],
        ["sources list"] = ["museum sources list", "museum sources list --json"],
        ["sources remove"] = ["museum sources remove 4", "museum sources remove samples/bucket/lmnh_hist_data_0.csv"],
        ["verify"] = ["museum verify --sample 1000", "museum verify samples/bucket/lmnh_hist_data_0.csv"],
        ["runs"] = ["museum runs --most 5", "museum runs 7"],
        ["museums list"] = ["museum museums list", "museum museums list --json"],
        ["museums add"] =
        [
            "museum museums add LMS --name \"Liverpool Museum of Science\" --topic lms --prefix lms --opens 10:45 "
                + "--closes 16:15 --time-zone Europe/London",
            "museum museums add BNM --name \"Berlin\" --topic bnm --prefix bnm --opens 09:00 --closes 18:00 "
                + "--time-zone Europe/Berlin --json",
        ],
        ["museums change"] =
        [
            "museum museums change LMNH --topic visitor-presses",
            "museum museums change LMNH --opens 09:00 --closes 17:30",
        ],
        ["museums floor-plan list"] =
        [
            "museum museums floor-plan list",
            "museum museums floor-plan list --museum LMNH --json",
        ],
        ["museums floor-plan set"] =
        [
            "museum museums floor-plan set 1 ground-floor.svg",
            "museum museums floor-plan set Vault vault.png --museum LMNH",
        ],
        ["museums floor-plan place"] =
        [
            "museum museums floor-plan place EXH_03 0.25,0.6",
            "museum museums floor-plan place EXH_03 none",
        ],
        ["museums floor-plan remove"] =
        [
            "museum museums floor-plan remove 1",
            "museum museums floor-plan remove Vault --museum LMNH",
        ],
        ["museums remove"] = ["museum museums remove LMS", "museum museums remove LMS --json"],
        ["buttons list"] = ["museum buttons list", "museum buttons list --json"],
        ["buttons add"] =
        [
            "museum buttons add rating 5 Superb",
            "museum buttons add support 2 \"Medical help\" --emergency",
        ],
        ["buttons rename"] =
        [
            "museum buttons rename rating 4 Wonderful",
            "museum buttons rename support 0 \"Help, please\"",
        ],
        ["audit list"] = ["museum audit list", "museum audit list --most 500 --json"],
        ["audit verify"] = ["museum audit verify", "museum audit verify --expect HASH"],
        ["audit retire"] = ["museum audit retire", "museum audit retire --target local --json"],
        ["audit export"] = ["museum audit export audit.jsonl", "museum audit export - --target local"],
        ["users list"] = ["museum users list", "museum users list --json"],
        ["users add"] =
        [
            "museum users add ada --role security",
            "museum users add eve --role viewer --password-stdin < password.txt",
        ],
        ["users password"] = ["museum users password ada", "museum users password ada --password-stdin < password.txt"],
        ["users role"] = ["museum users role ada operator", "museum users role eve viewer --json"],
        ["users museums"] = ["museum users museums ada LMNH", "museum users museums ada LMNH LMS"],
        ["users end"] = ["museum users end ada", "museum users end --all"],
        ["users remove"] = ["museum users remove ada", "museum users remove ada --json"],
        ["users second-factor"] = ["museum users second-factor ada", "museum users second-factor ada --json"],
        ["users erase"] = ["museum users erase ada", "museum users erase \"ada (login.example.org)\""],
        ["users token list"] = ["museum users token list", "museum users token list --json"],
        ["users token add"] = ["museum users token add notebook", "museum users token add notebook --json"],
        ["users token revoke"] = ["museum users token revoke notebook", "museum users token revoke notebook --json"],
        ["health"] = ["museum health", "museum health --live"],
        ["export parquet"] =
        [
            "museum export parquet --to exports",
            "museum export parquet --to s3://my-bucket/presses",
        ],
        ["notify list"] = ["museum notify list", "museum notify list --json"],
        ["notify add"] =
        [
            "museum notify add guards --channel email --to guards@example.org",
            "museum notify add duty --channel email --to duty@example.org --museum LMNH",
        ],
        ["notify remove"] = ["museum notify remove guards", "museum notify remove guards --json"],
        ["notify test"] = ["museum notify test guards", "museum notify test guards --json"],
        ["doctor"] = ["museum doctor", "museum doctor -b my-museum-bucket --json"],
        ["simulate bucket"] =
        [
            "museum simulate bucket trial --rows 3000 --seed 7",
            "museum simulate bucket trial --rows 1000000 --invalid-share 0.01 --force",
        ],
        ["simulate stream"] =
        [
            "museum simulate stream -n 100 --to messages.ndjson",
            "museum simulate stream --to kafka --rate 20/s --topic lmnh",
        ],
        ["settings"] = ["museum settings --all", "museum settings --env-file production.env --json"],
        ["help"] = ["museum help load", "museum help db migrate"],
        ["version"] = ["museum version", "museum version --help"],
        ["completion"] =
        [
            "museum completion bash >> ~/.bashrc",
            "museum completion fish > ~/.config/fish/completions/museum.fish",
        ],
    };

    /// <summary>Of <c>db migrate</c> and the like; none of a group of verbs.</summary>
    public static IReadOnlyList<string> Of(string verb) => OfVerbs.GetValueOrDefault(verb, []);

    /// <summary>Lets every command's help end with its examples.</summary>
    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }
}

/// <summary>The library's help, and below it the examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var examples = Examples.Of(Failure.Name(parseResult.CommandResult));
        if (examples.Count == 0)
            return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {SafeText.Of(example)}");
        output.WriteLine();
        return code;
    }
}
