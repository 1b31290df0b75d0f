using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Tests.Clean;
using MuseumPipeline.Tests.Faults;

namespace MuseumPipeline.Tests.Contract;

/// <summary>What is published for other implementations is what this one does.</summary>
public sealed class CorpusTests
{
    private const int Longest = 4096;

    private static readonly string[] OfTheShape =
    [
        "missing_at",
        "missing_val",
        "missing_type",
        "missing_site",
        "invalid_site",
        "contradictory",
    ];

    private static string Folder => Path.Combine(Repository.Root, "docs", "contract");

    private static string Corpus => Path.Combine(Folder, "corpus.ndjson");

    /// <summary>MUSEUM_CORPUS=write writes it again.</summary>
    [Fact]
    public void The_corpus_holds_every_message_of_the_tests_with_its_verdict()
    {
        var lines = FaultMessages
            .All.Where(message => (message.Value?.Length ?? 0) <= Longest)
            .Select(message => LineOf(message).ToJsonString(Relaxed))
            .ToList();
        if (Environment.GetEnvironmentVariable("MUSEUM_CORPUS") == "write")
            File.WriteAllLines(Corpus, lines);

        Assert.True(lines.Count > 250, $"only {lines.Count} cases");
        Assert.Equal(lines, File.ReadAllLines(Corpus));
    }

    [Fact]
    public void Every_line_of_the_corpus_gets_its_verdict()
    {
        var vocabulary = Judge.Lmnh with { Exhibitions = [.. Judge.Lmnh.Exhibitions.Take(4)] };
        var cleaner = new Cleaner(vocabulary, CleaningRules.Stream, new FakeTimeProvider(FaultMessages.Now));
        foreach (var line in Lines())
        {
            var bytes = line["value"] is { } value ? Convert.FromBase64String(value.GetValue<string>()) : [];
            var refusal = new MessageJudge(cleaner).Judge(new RawRecord(1, 1, bytes, bytes.Length), out var press);
            var verdict = refusal?.Reason.Code() ?? (press.Kind is PressKind.Rating ? "rating" : "support");

            Assert.Equal(
                (Name(line), line["verdict"]!.GetValue<string>(), line["possibleHelp"]!.GetValue<bool>()),
                (Name(line), verdict, refusal?.PossibleHelp ?? false)
            );
        }
    }

    /// <summary>It allows what is taken, and forbids what is refused for its shape.</summary>
    [Fact]
    public void The_schema_agrees_with_the_corpus()
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, "message.schema.json")));
        List<string> wrong = [];
        var asked = 0;
        foreach (var line in Lines())
        {
            if (
                line["value"] is not { } value
                || Parse(Convert.FromBase64String(value.GetValue<string>())) is not { } message
            )
                continue;
            var verdict = line["verdict"]!.GetValue<string>();
            var taken = verdict is "rating" or "support";
            if (!taken && !OfTheShape.Contains(verdict))
                continue;
            asked++;
            using (message)
            {
                if (schema.Evaluate(message.RootElement).IsValid != taken)
                    wrong.Add($"{Name(line)}: {verdict}");
            }
        }

        Assert.Equal([], wrong);
        Assert.True(asked > 80, $"only {asked} messages were asked about");
    }

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static IEnumerable<JsonObject> Lines() =>
        File.ReadLines(Corpus).Select(line => JsonNode.Parse(line)!.AsObject());

    private static string Name(JsonObject line) => line["name"]!.GetValue<string>();

    /// <summary>Null where it is no JSON, or something stands before it.</summary>
    private static JsonDocument? Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject LineOf(FaultMessage message)
    {
        var line = new JsonObject
        {
            ["name"] = message.Name,
            ["value"] = message.Value is { } value ? Convert.ToBase64String(value) : null,
            ["verdict"] =
                message.Expected.Reason?.Code() ?? (message.Expected.Loaded is PressKind.Rating ? "rating" : "support"),
            ["possibleHelp"] = message.Expected.PossibleHelp,
        };
        if (message.Expected.At is { } at)
            line["at"] = at.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            );
        return line;
    }
}
