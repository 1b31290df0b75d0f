using System.Text;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands.Security;

/// <summary>A mark in every secret setting there is, which must be found nowhere afterwards.</summary>
public sealed class SecretMarkersTests : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    [Fact]
    public async Task No_secret_reaches_a_text_a_log_or_the_database()
    {
        var marks = SettingKeys
            .All.Where(key => key.Secret)
            .Select((key, n) => (Key: key.Key, Mark: $"marker{n:00}-of-a-secret-that-nobody-sees"))
            .Append((Key: "KAFKA_SSL_KEY_PASSWORD", Mark: "markerkk-of-a-secret-that-nobody-sees"))
            .ToList();
        foreach (var (key, mark) in marks.Where(m => m.Key is not "PASSWORD"))
            museum.Environment[key] = mark;
        museum.Environment["MUSEUM_LOG"] = "file";
        museum.Environment["MUSEUM_LOG_LEVEL"] = "debug";
        museum.Environment["MUSEUM_TARGET"] = "embedded";
        museum.Environment["BOOTSTRAP_SERVERS"] = $"127.0.0.1:{FreePorts.One()}";
        museum.Environment["SECURITY_PROTOCOL"] = "SASL_PLAINTEXT";
        museum.Environment["SASL_MECHANISM"] = "SCRAM-SHA-512";
        museum.Environment["KAFKA_SASL_USERNAME"] = "museum";
        museum.Environment["KAFKA_SASL_PASSWORD"] = marks.Single(m => m.Key == "PASSWORD").Mark;
        museum.Environment["AWS_ENDPOINT_URL_S3"] = $"http://127.0.0.1:{FreePorts.One()}";
        museum.Environment["MUSEUM_WEBHOOK"] = "https://127.0.0.1:1";
        museum.Environment["MUSEUM_WEBHOOK_HOSTS"] = "127.0.0.1";
        var told = new StringBuilder();

        foreach (
            var arguments in (string[])
                [
                    "settings --all --json",
                    "settings",
                    "load",
                    "runs --json",
                    "doctor --json",
                    "doctor",
                    "kafka status --json",
                ]
        )
        {
            var outcome = await museum.RunAsync(arguments == "load" ? ["load", Samples.Day] : arguments.Split(' '));
            told.AppendLine(outcome.Out).AppendLine(outcome.Error);
        }

        foreach (var file in Directory.GetFiles(museum.Directory, "*", SearchOption.AllDirectories))
            told.AppendLine(
                Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))
            );
        var text = told.ToString();
        Assert.Contains("museum.db", text, StringComparison.Ordinal);
        Assert.Equal([], marks.Where(m => text.Contains(m.Mark, StringComparison.Ordinal)).Select(m => m.Key));
    }

    [Fact]
    public async Task Nothing_that_is_in_memory_is_dumped_to_a_file_whatever_the_shell_allows()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("needs /proc");
        var outcome = await museum.TypeAsync(
            $"""
            ulimit -c unlimited
            museum db migrate 2>migrated
            museum serve --listen {FreePorts.One()} 2>said &
            for n in $(seq 600); do grep -q ^dashboard said && break; sleep 0.1; done
            grep 'core file' /proc/$!/limits
            kill $!
            wait
            """
        );
        Assert.Matches(@"Max core file size +0 +0 ", outcome.Out);
    }
}
