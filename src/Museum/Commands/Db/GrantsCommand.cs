using System.CommandLine;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts.Moves;
using Spectre.Console;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db grants</c>: a role of the database with just what some commands need.</summary>
internal static partial class GrantsCommand
{
    private static readonly string[] Purposes = ["load", "consume", "serve", "report", "bi"];

    private static readonly Option<string> For = Options.Named(
        new("--for")
        {
            Description = "What the role is for: load, consume, serve, report, or bi for other programs",
            HelpName = "load|consume|serve|report|bi",
            Required = true,
        },
        Purposes
    );

    private static readonly Option<string?> Role = new("--role")
    {
        Description = "Its name, by default museum_ and the purpose; one that is there already is used",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Do it; without this, only print the SQL",
    };

    public static Command Create()
    {
        var command = new Command(
            "grants",
            "Print the SQL of a role that may do what some commands need, and nothing else"
        ).WithCommon(For, Role, Apply, Options.Target);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Role) is { } role && !Name().IsMatch(role))
                result.AddError($"--role: found '{role}', expected letters, digits or _ - . and 63 of them at most");
        });
        Session.Act(command, Needs.Database, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var purpose = session.Parsed.GetRequiredValue(For).ToLowerInvariant();
        var role = session.Parsed.GetValue(Role) ?? $"museum_{purpose}";
        var apply = session.Parsed.GetValue(Apply);
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var sql = await store.Maintenance.GrantAsync(Enum.Parse<GrantPurpose>(purpose, true), role, apply, cancel);
        if (session.Json)
            JsonOutput.Print(
                new GrantsJson("db grants", store.Target, role, apply, sql.Split('\n')),
                DbShapes.Default.GrantsJson
            );
        else if (apply)
            Terminal.Out.MarkupLine(
                $"{Show.Text(role)} may do what {purpose} needs. Then: grant {Show.Text(role)} to USER"
            );
        else
            Console.Out.WriteLine(
                $"{sql}\n-- As the owner of the tables, who may make roles; again after each upgrade. Then: grant {role} to USER;"
            );
        return ExitCode.Done;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,63}$")]
    private static partial Regex Name();
}

internal sealed record GrantsJson(
    string Command,
    string Target,
    string Role,
    bool Applied,
    IReadOnlyList<string> Statements
);
