using System.Globalization;
using System.Text.RegularExpressions;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Load.Import;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Messages.Fixes;

/// <summary>
/// A user types a line, reads the error, types its fix, and types the line again. The words of the fix must be in the
/// message; what stands for a name there (FILE, BUCKET) is filled in.
/// </summary>
public abstract partial class FixBed(PostgresServer server) : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Prepared = new(PrepareAsync);

    private readonly MuseumProcess museum = new();
    private readonly List<IAsyncDisposable> services = [];
    private NpgsqlConnectionStringBuilder? local;
    private EmbeddedBroker? broker;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        museum.Dispose();
        broker?.Dispose();
        foreach (var service in services)
            await service.DisposeAsync();
    }

    public static TheoryData<string, int> In(string file)
    {
        var data = new TheoryData<string, int>();
        foreach (var mistake in Mistake.Of(file))
            data.Add(file, mistake.Line);
        return data;
    }

    protected async Task FollowAsync(string file, int at)
    {
        var mistake = Mistake.Of(file).Single(m => m.Line == at);
        await BeginAsync(mistake.Settings);
        foreach (var step in mistake.Before)
            await DoAsync(step.StartsWith("run ", StringComparison.Ordinal) ? step[4..] : step);

        var first = await museum.TypeAsync(mistake.Typed);

        var message = first.Error + first.Out;
        Assert.True(first.ExitCode == mistake.ExitCode, $"exit code {first.ExitCode}: {message}");
        Assert.Contains(mistake.Said, message, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", first.Error, StringComparison.Ordinal);
        if (mistake.Steps.Count == 0)
            return;
        var typed = mistake.Typed;
        foreach (var step in mistake.Steps)
            typed = await StepAsync(step, message, typed);

        var fixedNow = await museum.TypeAsync(typed);

        var said = fixedNow.Error + fixedNow.Out;
        Assert.DoesNotContain(mistake.Said, said, StringComparison.Ordinal);
        Assert.True(mistake.Another == (fixedNow.ExitCode != 0), $"{typed}: exit code {fixedNow.ExitCode}: {said}");
        Assert.NotEqual(1, fixedNow.ExitCode);
    }

    private async Task<string> StepAsync(string step, string message, string line)
    {
        var words = step.Split(" => ");
        var typed = words[^1];
        Assert.Contains(words[0], message, StringComparison.Ordinal);
        if (typed.StartsWith("again ", StringComparison.Ordinal))
            return typed["again ".Length..];
        if (typed.StartsWith("--", StringComparison.Ordinal))
            return $"{line} {typed}";
        if (typed.StartsWith('-'))
            museum.Environment.Remove(typed[1..]);
        else if (Setting().Match(typed) is { Success: true } setting)
            museum.Environment[setting.Groups[1].Value] = setting.Groups[2].Value;
        else
            await DoAsync(typed);
        return line;
    }

    private async Task DoAsync(string typed)
    {
        if (typed.StartsWith("sql ", StringComparison.Ordinal))
        {
            await PostgresServer.ExecuteAsync(local!, typed[4..]);
            return;
        }

        var done = await museum.TypeAsync(typed);
        Assert.True(done.ExitCode == 0, $"{typed}: exit code {done.ExitCode}: {done.Error}");
    }

    private async Task BeginAsync(string settings)
    {
        var prepared = await Prepared.Value;
        await Tool.RunAsync("cp", "-a", $"{prepared}/.", museum.Directory);
        foreach (var word in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "BROKER")
            {
                broker = new EmbeddedBroker();
                broker.CreateTopic("lmnh", 1);
                museum.Environment["BOOTSTRAP_SERVERS"] = broker.BootstrapServers;
            }
            else if (word is "LOCAL" or "AWS" or "ORIGINAL")
                await DatabaseAsync(word);
            else if (word.StartsWith("S3=", StringComparison.Ordinal))
                RefuseS3(word[3..].Split(':'));
            else
                museum.Environment[word[..word.IndexOf('=')]] = word[(word.IndexOf('=') + 1)..];
        }
    }

    private void RefuseS3(string[] answer)
    {
        var s3 = new FaultyS3
        {
            Misbehave = async exchange =>
            {
                await exchange.SendErrorAsync(int.Parse(answer[0], CultureInfo.InvariantCulture), answer[1]);
                return true;
            },
        };
        services.Add(s3);
        museum.Environment["AWS_ENDPOINT_URL_S3"] = s3.Settings.Endpoint!.ToString();
        museum.Environment["AWS_ACCESS_KEY_ID"] = s3.Settings.AccessKey!;
        museum.Environment["AWS_SECRET_ACCESS_KEY"] = s3.Settings.SecretKey!;
    }

    private async Task DatabaseAsync(string kind)
    {
        NpgsqlConnectionStringBuilder c;
        if (kind is "ORIGINAL")
        {
            var original = await OriginalSchema.CreateAsync(server, year: false);
            services.Add(original);
            c = original.Connection;
        }
        else
        {
            var database = await server.FreshDatabaseAsync();
            services.Add(database);
            c = database.Connection;
        }

        if (kind is not "AWS")
            local = c;
        var (prefix, name, host) = kind is "AWS" ? ("DATABASE", "NAME", "IP") : ("LOCAL", "DB", "HOST");
        museum.Environment[$"{prefix}_{name}"] = c.Database!;
        museum.Environment[$"{prefix}_{host}"] = c.Host!;
        museum.Environment[$"{prefix}_PORT"] = c.Port.ToString(CultureInfo.InvariantCulture);
        museum.Environment[$"{prefix}_USERNAME"] = c.Username!;
        museum.Environment[$"{prefix}_PASSWORD"] = c.Password ?? "";
        museum.Environment[$"{prefix}_SSL_MODE"] = "disable";
    }

    /// <summary>A directory in which a small bucket is loaded, with others beside it.</summary>
    private static async Task<string> PrepareAsync()
    {
        var museum = new MuseumProcess();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => museum.Dispose();
        Bucket("bucket", "Adaptation");
        Bucket("elsewhere", "Something else");
        Bucket("merged", "Adaptation");
        File.Move(At("merged/lmnh_hist_data_0.csv"), At("merged/lmnh_merged_hist_data.csv"));
        Directory.CreateDirectory(At("empty"));
        Directory.CreateDirectory(At("deep"));
        Bucket("deep/history", "Adaptation");
        museum.Write("in.ndjson", "{}\n");
        museum.Write("long enough", "a password that is long enough\n");
        museum.Write(".env.mine", "MUSEUM_LOG_LEVEL=warning\n");
        var load = await museum.TypeAsync("museum load -b bucket");
        Assert.True(load.ExitCode == 0, load.Error);
        return museum.Directory;

        string At(string name) => Path.Combine(museum.Directory, name);

        void Bucket(string name, string exhibition)
        {
            Directory.CreateDirectory(At(name));
            museum.Write(
                $"{name}/lmnh_exhibition_one.json",
                $$"""
                {"EXHIBITION_NAME": "{{exhibition}}", "EXHIBITION_ID": "EXH_01", "FLOOR": "1",
                 "DEPARTMENT": "Entomology", "START_DATE": "01/07/19", "DESCRIPTION": "…"}
                """
            );
            museum.Write(
                $"{name}/lmnh_hist_data_0.csv",
                "at,site,val,type\n"
                    + string.Concat(Enumerable.Range(10, 40).Select(m => $"2024-01-03 10:{m}:00,1,{m % 5},\n"))
            );
        }
    }

    [GeneratedRegex("^([A-Z_0-9]+)=(.*)$")]
    private static partial Regex Setting();
}
