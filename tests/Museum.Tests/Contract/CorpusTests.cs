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

    /// <summary>It allows what is taken; what it allows and is refused needs a clock, a database or a second look at the
    /// text to be told.</summary>
    [Fact]
    public void The_schema_agrees_with_the_corpus()
    {
        var cases = Lines()
            .Where(line => line["schema"] is not null)
            .ToLookup(line => line["schema"]!.GetValue<string>());

        Assert.All(cases["valid"], line => Assert.Contains(line["verdict"]!.GetValue<string>(), Taken));
        Assert.All(cases["invalid"], line => Assert.DoesNotContain(line["verdict"]!.GetValue<string>(), Taken));
        Assert.True(cases["valid"].Count() > 45, $"only {cases["valid"].Count()} valid ones");
        Assert.True(cases["invalid"].Count() > 115, $"only {cases["invalid"].Count()} invalid ones");
        var wrong = Lines()
            .Where(line => line["schema"] is null && Taken.Contains(line["verdict"]!.GetValue<string>()))
            .Select(Name);
        // JSON.parse takes no byte order mark, nor the frame of a registry.
        Assert.All(wrong, name => Assert.Matches("byte order mark|frame|registry", name));
        string[] undecided =
        [
            .. Lines()
                .Where(line => line["schema"] is null)
                .Select(line => line["verdict"]!.GetValue<string>())
                .Where(verdict => verdict.StartsWith("missing_", StringComparison.Ordinal))
                .Distinct(),
        ];
        Assert.Equal([], undecided);
    }

    private static readonly string[] Taken = ["rating", "support"];

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
        if (SchemaOf(message, line["verdict"]!.GetValue<string>()) is { } said)
            line["schema"] = said;
        if (message.Expected.At is { } at)
            line["at"] = at.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            );
        return line;
    }

    private static readonly Lazy<JsonSchema> Schema = new(() =>
        JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, "message.schema.json")))
    );

    /// <summary>What a validator must say; null where parsers differ, or the schema cannot know.</summary>
    private static string? SchemaOf(FaultMessage message, string verdict)
    {
        if (verdict is "invalid_encoding" || message.Value is null || Parse(message.Value) is not { } parsed)
            return null;
        using (parsed)
        {
            try
            {
                var valid = Schema.Value.Evaluate(parsed.RootElement).IsValid;
                return valid == Taken.Contains(verdict) ? (valid ? "valid" : "invalid") : null;
            }
            catch (FormatException)
            {
                // A number beyond what this validator reads; others round it.
                return null;
            }
        }
    }
}
