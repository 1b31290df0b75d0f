using MuseumPipeline.Model;
using MuseumPipeline.Settings.Files;

namespace MuseumPipeline.Tests.Settings;

public sealed class DotEnvTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    private IReadOnlyDictionary<string, string> Read(string text)
    {
        File.WriteAllText(_path, text);
        return DotEnv.Read(_path);
    }

    [Fact]
    public void The_forms_that_people_write_are_understood()
    {
        var values = Read(
            "\uFEFFA=1\r\nexport B=two\r\n# C=no\nD = \"qu # ed\" # "
                + "comment\nE='sin$gle'\nF=pa#ss\nG=a=b\n\nH=\nA=2\nI=$A\n"
        );

        Assert.Equal("2", values["A"]);
        Assert.Equal("two", values["B"]);
        Assert.Equal("qu # ed", values["D"]);
        Assert.Equal("sin$gle", values["E"]);
        Assert.Equal("pa#ss", values["F"]);
        Assert.Equal("a=b", values["G"]);
        Assert.Equal("$A", values["I"]);
        Assert.DoesNotContain("C", values.Keys);
        Assert.DoesNotContain("H", values.Keys);
    }

    [Fact]
    public void Reading_leaves_the_environment_of_the_process_alone()
    {
        Read("MUSEUM_TEST_OF_DOTENV=1\n");

        Assert.Null(Environment.GetEnvironmentVariable("MUSEUM_TEST_OF_DOTENV"));
    }

    [Fact]
    public void A_broken_line_is_reported_with_the_file_and_without_its_value()
    {
        var fault = Assert.Throws<MuseumException>(() => Read("DATABASE_PASSWORD=\"hunter2\nA=1\n"));

        Assert.Equal(ExitCode.Configuration, fault.ExitCode);
        Assert.Contains(_path, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_that_is_not_there_is_a_fault()
    {
        var fault = Assert.Throws<MuseumException>(() => DotEnv.Read("/no/such/.env"));

        Assert.Equal(ExitCode.Configuration, fault.ExitCode);
        Assert.Contains("/no/such/.env", fault.Message, StringComparison.Ordinal);
    }
}
