using System.CommandLine;
using MuseumPipeline.Commands;
using MuseumPipeline.Commands.Audit;
using MuseumPipeline.Commands.Buttons;
using MuseumPipeline.Commands.Consume;
using MuseumPipeline.Commands.Db;
using MuseumPipeline.Commands.Demo;
using MuseumPipeline.Commands.Doctor;
using MuseumPipeline.Commands.Export;
using MuseumPipeline.Commands.Health;
using MuseumPipeline.Commands.Help;
using MuseumPipeline.Commands.Kafka;
using MuseumPipeline.Commands.Load;
using MuseumPipeline.Commands.Museums;
using MuseumPipeline.Commands.Notify;
using MuseumPipeline.Commands.Quarantine;
using MuseumPipeline.Commands.Report;
using MuseumPipeline.Commands.Runs;
using MuseumPipeline.Commands.S3;
using MuseumPipeline.Commands.Serve;
using MuseumPipeline.Commands.Settings;
using MuseumPipeline.Commands.Simulate;
using MuseumPipeline.Commands.Sources;
using MuseumPipeline.Commands.Users;
using MuseumPipeline.Commands.Verify;

namespace MuseumPipeline;

/// <summary>The verbs and the exit codes.</summary>
internal static class Program
{
    private const string Description = """
        Museum Pipeline: what visitors pressed at the kiosks, from an S3 bucket, a directory or Kafka into a database.

          museum load -b samples/bucket      load everything there is into museum.db
          museum demo                        live presses too, without any server
          museum serve                       the dashboard, at http://127.0.0.1:8080
          museum doctor                      check settings and connections, and say how to fix them

        Settings come from flags, then the environment, then .env; .env.example lists them all.
        Exit codes: 0 done, 1 unexpected, 2 usage, 3 configuration, 4 a service refused or is away,
        5 the data was refused, 130 and 143 stopped by a signal.
        """;

    private static async Task<int> Main(string[] args)
    {
        CoreDumps.Forbid();
        using var signals = new Signals();
        ParseResult parsed;
        try
        {
            parsed = CreateRoot().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        }
        catch (InvalidOperationException e)
        {
            // A value that is none, which a check of several options together came upon.
            return Failure.Tell(Model.ExitCode.Usage, e.Message, "museum", args.Contains(Options.Json.Name));
        }

        if (UsageError.In(parsed))
            return UsageError.Tell(parsed);
        try
        {
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, signals.Token);
        }
        catch (Exception e)
        {
            return Failure.Report(e, parsed, null);
        }
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand(Description);
        root.Subcommands.Add(LoadCommand.Create());
        root.Subcommands.Add(ConsumeCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(ReportCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(NotifyCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(KafkaCommand.Create());
        root.Subcommands.Add(S3Command.Create());
        root.Subcommands.Add(DbCommand.Create());
        root.Subcommands.Add(QuarantineCommand.Create());
        root.Subcommands.Add(SourcesCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(RunsCommand.Create());
        root.Subcommands.Add(MuseumsCommand.Create());
        root.Subcommands.Add(ButtonsCommand.Create());
        root.Subcommands.Add(UsersCommand.Create());
        root.Subcommands.Add(AuditCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(HealthCommand.Create());
        root.Subcommands.Add(SimulateCommand.Create());
        root.Subcommands.Add(SettingsCommand.Create());
        foreach (var command in HelpCommands.Create(root))
            root.Subcommands.Add(command);
        Examples.AddTo(root);
        return root;
    }
}
