using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Servers;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace MuseumPipeline.Tests.Servers;

/// <summary>
/// A real S3 server for the whole test run, started when the first test asks for it. Looked for in this order:
/// AWS_ENDPOINT_URL_S3 in the
/// environment, a script <c>shared/services/s3</c> beside the project, Debian's packages by <c>eng/s3-server</c>,
/// Docker. Where there is none,
/// the tests that need it are skipped by name.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private const string DirectoryName = "museum-tests-s3-";

    private readonly string directory = Path.Combine(Path.GetTempPath(), DirectoryName + Environment.ProcessId);
    private readonly Lazy<Task<Found>> found;
    private Func<Task>? stop;

    public S3Server() => found = new(FindAsync);

    /// <summary>How to reach it; skips the test where there is no server.</summary>
    public async Task<S3Settings> SettingsAsync()
    {
        var server = await found.Value;
        Assert.SkipWhen(server.Settings is null, server.Why);
        return server.Settings!;
    }

    /// <summary>A client to fill buckets with.</summary>
    public async Task<AmazonS3Client> ClientAsync()
    {
        var settings = await SettingsAsync();
        var config = new AmazonS3Config
        {
            ServiceURL = settings.Endpoint!.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = settings.Region,
            // Older servers do not know the checksums that the SDK adds by itself.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        };
        return new(new BasicAWSCredentials(settings.AccessKey, settings.SecretKey), config);
    }

    /// <summary>A new, empty bucket of the test's own.</summary>
    public static async Task<string> NewBucketAsync(AmazonS3Client client)
    {
        var name = "museum-test-" + Guid.NewGuid().ToString("N")[..12];
        await client.PutBucketAsync(name);
        return name;
    }

    /// <summary>Puts small objects, several at a time.</summary>
    public static Task PutAsync(
        AmazonS3Client client,
        string bucket,
        IEnumerable<(string Key, byte[] Content)> objects
    ) =>
        Parallel.ForEachAsync(
            objects,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (item, cancel) =>
            {
                var request = new PutObjectRequest
                {
                    BucketName = bucket,
                    Key = item.Key,
                    InputStream = new MemoryStream(item.Content),
                };
                await client.PutObjectAsync(request, cancel);
            }
        );

    public async ValueTask DisposeAsync()
    {
        if (stop is not null)
            await stop();
    }

    private async Task<Found> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") is { Length: > 0 } given)
            return At(
                given,
                Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID"),
                Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY")
            );
        var tried = new List<string> { "AWS_ENDPOINT_URL_S3 is not set" };
        return await ByScriptAsync("shared/services/s3", tried)
            ?? await ByScriptAsync("eng/s3-server", tried)
            ?? await ByDockerAsync(tried)
            ?? new Found(null, "No S3 server: " + string.Join("; ", tried));
    }

    private async Task<Found?> ByScriptAsync(string relative, List<string> tried)
    {
        var script = Above(relative);
        if (script is null || OperatingSystem.IsWindows())
        {
            tried.Add($"there is no {relative} to run here");
            return null;
        }

        // A test run that was killed left its server behind.
        foreach (
            var left in Directory.GetDirectories(Path.GetTempPath(), DirectoryName + "*").Where(left => !IsOwned(left))
        )
            await RunAsync(script, "down", left);
        var port = FreePort();
        var (exit, output) = await RunAsync("env", $"S3_PORT={port}", script, "up", directory);
        if (exit != 0)
        {
            tried.Add($"{relative} says: {output}");
            return null;
        }

        stop = () => RunAsync("env", $"S3_PORT={port}", script, "down", directory);
        return At(output.Split('\n')[^1], "museum", "museum-secret");
    }

    private async Task<Found?> ByDockerAsync(List<string> tried)
    {
        var port = FreePort();
        var (exit, output) = await RunAsync(
            "docker",
            "run",
            "-d",
            "--rm",
            "-p",
            $"127.0.0.1:{port}:9000",
            "-e",
            "MINIO_ROOT_USER=museum",
            "-e",
            "MINIO_ROOT_PASSWORD=museum-secret",
            "minio/minio",
            "server",
            "/data"
        );
        if (exit != 0)
        {
            tried.Add($"docker says: {output.Split('\n')[0]}");
            return null;
        }

        var container = output.Split('\n')[^1];
        stop = () => RunAsync("docker", "kill", container);
        return At($"http://127.0.0.1:{port}", "museum", "museum-secret");
    }

    private static Found At(string endpoint, string? key, string? secret) =>
        new(
            new S3Settings
            {
                Endpoint = new(endpoint),
                AccessKey = key ?? "museum",
                SecretKey = secret ?? "museum-secret",
                Region = "us-east-1",
                AllowPlainHttp = true,
            },
            ""
        );

    // The scripts use neighbours of the port too: those above it, or those 6,000 further.
    private static int FreePort() => FreePorts.First(50_000, 1, 2, 6000, 6001);

    private static bool IsOwned(string directory)
    {
        try
        {
            using var owner = Process.GetProcessById(
                int.Parse(Path.GetFileName(directory)[DirectoryName.Length..], CultureInfo.InvariantCulture)
            );
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string? Above(string relative)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, relative)))
                return Path.Combine(at.FullName, relative);
        return null;
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            var said = process.ExitCode == 0 ? await output : await output + await errors;
            return (process.ExitCode, said.Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (127, e.Message);
        }
    }

    private sealed record Found(S3Settings? Settings, string Why);
}
