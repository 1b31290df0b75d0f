using System.CommandLine;
using System.Text.Json;
using MuseumPipeline.Commands.Simulate;

namespace MuseumPipeline.Tests.Commands;

public sealed class SimulateCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("museum-simulate-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void The_committed_sample_is_what_its_readme_says_makes_it()
    {
        var sample = Path.Combine(Repository.Root, "samples");
        var command = File.ReadLines(Path.Combine(sample, "README.md"))
            .Single(l => l.StartsWith("./museum simulate bucket", StringComparison.Ordinal));

        Run(
            command["./museum ".Length..]
                .Replace("samples/bucket", _directory.FullName + "/bucket", StringComparison.Ordinal)
        );

        Assert.All(
            Directory.GetFiles(_directory.FullName + "/bucket"),
            made =>
                Assert.Equal(
                    File.ReadAllBytes(made),
                    File.ReadAllBytes(Path.Combine(sample, "bucket", Path.GetFileName(made)))
                )
        );
    }

    [Fact]
    public void Json_says_what_was_written()
    {
        var report = JsonDocument
            .Parse(Run($"simulate bucket {_directory}/b --rows 1000 --objects 3 --invalid-share 0.03 --json"))
            .RootElement;

        Assert.Equal(1000, report.GetProperty("rows").GetInt64());
        Assert.Equal(3, report.GetProperty("objects").GetInt32());
        Assert.Equal(30, report.GetProperty("spoiled").GetInt64());
        Assert.Equal(970, report.GetProperty("ratings").GetInt64() + report.GetProperty("support").GetInt64());
        Assert.Equal(30, report.GetProperty("reasons").EnumerateObject().Sum(r => r.Value.GetInt64()));
    }

    [Theory]
    [InlineData("--rows 0", "--rows: found '0', expected a whole number, 1 or more")]
    [InlineData("--rows 5 --objects 6", "--objects 6 is more than --rows 5")]
    [InlineData("--objects 0", "--objects: found '0', expected a whole number, 1 or more")]
    [InlineData("--invalid-share 1.5", "--invalid-share: found '1.5', expected a number from 0 to 1")]
    [InlineData("--invalid-share NaN", "--invalid-share: found 'NaN', expected a number from 0 to 1")]
    [InlineData("--start 06/03/2023", "expected a day as yyyy-MM-dd")]
    public void A_wrong_option_is_named_with_what_was_expected(string options, string message)
    {
        var parsed = Root().Parse($"simulate bucket {_directory}/b {options}");

        Assert.Contains(parsed.Errors, e => e.Message.Contains(message, StringComparison.Ordinal));
    }

    private static RootCommand Root() => [SimulateCommand.Create()];

    private static string Run(string commandLine)
    {
        using var output = new StringWriter();
        var parsed = Root().Parse(commandLine);
        Assert.Empty(parsed.Errors);
        Assert.Equal(
            0,
            parsed.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false })
        );
        return output.ToString();
    }
}
