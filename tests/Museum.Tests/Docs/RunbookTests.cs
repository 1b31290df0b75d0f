using System.Text;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Messages;

namespace MuseumPipeline.Tests.Docs;

/// <summary>Every command of a runbook is one that works.</summary>
public sealed partial class RunbookTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "runbooks");

    public static TheoryData<string> Pages =>
        new(Directory.GetFiles(Folder, "*.md").Select(file => Path.GetFileName(file)).Order());

    [GeneratedRegex("```(sh|text)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\"([^\"]*)\"|(\\S+)")]
    private static partial Regex Word();

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    private static IEnumerable<(bool Runs, string[] Arguments)> Commands(string page) =>
        from block in Block().Matches(File.ReadAllText(Path.Combine(Folder, page)))
        from line in block.Groups[2].Value.Replace("\\\n", "", StringComparison.Ordinal).Split('\n')
        where line.StartsWith("museum ", StringComparison.Ordinal)
        let words = Word().Matches(line).Select(word => word.Groups[1].Success ? word.Groups[1].Value : word.Value)
        select (block.Groups[1].Value == "sh", words.Skip(1).ToArray());

    /// <summary>On a database with a morning's messages and a bucket, in the order of the page.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Its_commands_run(string page)
    {
        var commands = Commands(page).ToList();
        Assert.All(commands, command => Assert.Empty(TheCommand.Root.Parse(command.Arguments).Errors));
        var runnable = commands.FindAll(command => command.Runs);
        if (runnable.Count == 0)
            return;
        using var museum = new MuseumProcess();
        using var broker = new EmbeddedBroker();
        await PrepareAsync(museum, broker);
        foreach (var (_, arguments) in runnable)
        {
            var run = await museum.RunAsync(arguments);
            Assert.True(
                run.ExitCode == 0,
                $"museum {string.Join(' ', arguments)}: {run.ExitCode}\n{run.Out}{run.Error}"
            );
        }
    }

    private static async Task PrepareAsync(MuseumProcess museum, EmbeddedBroker broker)
    {
        broker.CreateTopic("lmnh", 2);
        using (var producer = new KafkaClients(broker.Settings(), null, Redactor.None).Producer())
        {
            foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "samples", "stream.ndjson")).Take(200))
                producer.Produce("lmnh", new() { Value = Encoding.UTF8.GetBytes(line) });
            producer.Flush(TestContext.Current.CancellationToken);
        }

        museum.Environment["BOOTSTRAP_SERVERS"] = broker.BootstrapServers;
        museum.Environment["MUSEUM_BUCKET"] = "bucket";
        var bucket = Directory.CreateDirectory(Path.Combine(museum.Directory, "bucket")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "samples", "bucket")))
            File.Copy(file, Path.Combine(bucket, Path.GetFileName(file)));
        Assert.Equal(0, (await museum.RunAsync("load", "--json")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("consume", "--until-end", "--json")).ExitCode);
    }

    [Fact]
    public void Every_page_is_in_the_list_and_every_link_leads_somewhere()
    {
        var list = File.ReadAllText(Path.Combine(Folder, "README.md"));
        foreach (var page in Directory.GetFiles(Folder, "*.md").Select(file => Path.GetFileName(file)))
        {
            Assert.True(page == "README.md" || list.Contains($"({page})", StringComparison.Ordinal), page);
            foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Folder, page))))
                Assert.True(File.Exists(Path.Combine(Folder, link.Groups[1].Value)), $"{page}: {link.Value}");
        }
    }
}
