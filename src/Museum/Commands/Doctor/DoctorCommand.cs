using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary><c>museum doctor</c>: checks the configuration, then each connection separately, and says how to fix what
/// is wrong.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Check the configuration and every connection, and say what is wrong and how to fix it"
        ).WithCommon(Options.Bucket, Options.Target);
        command.SetAction(
            async (parsed, cancel) =>
            {
                Session? session = null;
                try
                {
                    var checks = new List<Check>();
                    session = Configure(parsed, checks);
                    var redactor = session?.Settings.Redactor ?? Redactor.None;
                    if (session is not null)
                        await ExamineAsync(session, checks, cancel);
                    cancel.ThrowIfCancellationRequested();
                    return (int)
                        Checks.Tell(
                            parsed.GetValue(Options.Json),
                            ("doctor", session?.Settings.Database.Target),
                            [.. checks.Select(c => c.Redacted(redactor))],
                            "All that is configured works."
                        );
                }
                catch (Exception e)
                {
                    return Failure.Report(e, parsed, session);
                }
                finally
                {
                    session?.Dispose();
                }
            }
        );
        return command;
    }

    private static Session? Configure(ParseResult parsed, List<Check> checks)
    {
        try
        {
            var session = Session.Open(parsed, Needs.Database | Needs.KafkaIfSet | Needs.Serve);
            var file = session.Settings.EnvFile is { } path ? $"read {path}" : "no .env file here";
            checks.Add(Check.Fine("configuration", $"{file}; the database is '{session.Settings.Database.Target}'"));
            checks.AddRange(UnknownKeys(Session.Layers(parsed)));
            if (TimeZones.Missing() is { } missing)
                checks.Add(Check.Wrong("time zones", ExitCode.Configuration, missing.Found, missing.Fix));
            return session;
        }
        catch (MuseumException e) when (e.ExitCode == ExitCode.Configuration)
        {
            checks.Add(Check.Wrong("configuration", e));
            return null;
        }
    }

    // Otherwise a misspelt key would be silently ignored.
    private static IEnumerable<Check> UnknownKeys(SettingLayers layers)
    {
        var known = SettingKeys.All.Select(s => s.Key).ToList();
        foreach (
            var key in layers.File.Keys.Where(k =>
                k.StartsWith("MUSEUM_", StringComparison.Ordinal) && !known.Contains(k)
            )
        )
        {
            var nearest = NearWord.Of(key, known);
            yield return Check.Doubtful(
                "configuration",
                $"{layers.FilePath} sets {key}, which has no meaning",
                nearest is null ? "remove it" : $"write {nearest}",
                key
            );
        }
    }

    private static async Task ExamineAsync(Session session, List<Check> checks, CancellationToken cancel)
    {
        foreach (var database in session.Settings.Configured)
        {
            checks.AddRange(
                database switch
                {
                    PostgresSettings postgres => await new DoctorPostgres(postgres, session).ExamineAsync(cancel),
                    EmbeddedSettings embedded => await new DoctorEmbedded(embedded, session).ExamineAsync(cancel),
                    _ => [],
                }
            );
        }
        checks.AddRange(DoctorFiles.Examine(session));
        checks.AddRange(new DoctorMachine(session).Examine());
        checks.AddRange(await DoctorBucket.ExamineAsync(session, cancel));
        checks.AddRange(await DoctorKafka.ExamineAsync(session, cancel));
        checks.AddRange(await DoctorConsumer.ExamineAsync(session, cancel));
        checks.AddRange(await DoctorServe.ExamineAsync(session, cancel));
    }
}
