using System.CommandLine;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Health;

/// <summary><c>museum health</c>: asks a consumer or dashboard on this machine for its health; for supervisors of
/// containers without a shell.</summary>
internal static class HealthCommand
{
    private static readonly Option<bool> Live = new("--live")
    {
        Description = "Ask only whether the process runs: for a liveness probe, since a restart fixes no broker",
    };

    public static Command Create()
    {
        var command = new Command(
            "health",
            "Ask the consumer or dashboard at MUSEUM_HEALTH for its health: exit code 0 healthy, 4 unhealthy or "
                + "no answer"
        ).WithCommon(Live);
        Session.Act(command, Needs.Nothing, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var address =
            session.Settings.Health
            ?? throw new MuseumException(
                ExitCode.Configuration,
                new Explanation(
                    "MUSEUM_HEALTH is not set, so there is no health to ask for",
                    ["MUSEUM_HEALTH"],
                    "set it to a port such as 8081, for the consumer or dashboard too"
                )
            );
        var path = session.Parsed.GetValue(Live) ? "/live" : "/health";
        using var client = HealthEndpoint.Client(address);
        var where = $"{client.BaseAddress!.GetLeftPart(UriPartial.Authority)}{path}";
        try
        {
            using var answer = await client.GetAsync(path, cancel);
            var problems = Problems(await answer.Content.ReadAsStringAsync(cancel));
            if (!answer.IsSuccessStatusCode)
                throw new MuseumException(ExitCode.Service, $"{where} answered {(int)answer.StatusCode}{problems}");
            Tell(session, where, (int)answer.StatusCode);
            return ExitCode.Done;
        }
        catch (Exception e)
            when (e is HttpRequestException || e is TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new MuseumException(ExitCode.Service, $"{where} does not answer: {e.Message}", e);
        }
    }

    private static void Tell(Session session, string where, int status)
    {
        if (session.Json)
            JsonOutput.Print(
                new HealthAnswerJson("health", where, status),
                HealthCommandShapes.Default.HealthAnswerJson
            );
        else
            Console.Out.WriteLine($"ok  {where} answered {status}");
    }

    /// <summary>A consumer's answer for each topic, or a dashboard's for itself; nothing if something else
    /// answered.</summary>
    private static string Problems(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var all = root.TryGetProperty("topics", out var topics)
                ? topics.EnumerateArray().Select(topic => Text(topic, "topic", "problem"))
                : [Text(root, "state", "problem")];
            var told = string.Join("; ", all.OfType<string>());
            return told.Length == 0 ? $": {Text(root, null, "state")}" : $": {told}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }

        static string? Text(JsonElement of, string? before, string key) =>
            !of.TryGetProperty(key, out var value) || value.GetString() is not { } text ? null
            : before is null ? text
            : $"{of.GetProperty(before).GetString()}: {text}";
    }
}

/// <summary>The keys and their order are a contract.</summary>
internal sealed record HealthAnswerJson(string Command, string Address, int Status);
