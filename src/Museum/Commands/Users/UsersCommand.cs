using System.CommandLine;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Serve.Security.Accounts;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Users;

/// <summary><c>museum users</c>: who may log in to the dashboard, and what they may do there.</summary>
internal static partial class UsersCommand
{
    internal static readonly Argument<string> Name = new("NAME")
    {
        Description = "The name to log in with; upper and lower case are the same",
    };

    private static readonly Argument<string> NewRole = Options.NamedArgument(
        new Argument<string>("ROLE")
        {
            Description = "viewer, security or operator: each may also do what those before it may",
        },
        [.. Roles.All]
    );

    private static readonly Option<string> Role = Options.Named(
        new("--role")
        {
            Description =
                "viewer only looks, security also acknowledges calls for help, operator also replays the quarantine",
            HelpName = "viewer|security|operator",
            Required = true,
        },
        [.. Roles.All]
    );

    private static readonly Argument<string?> Whose = new("NAME")
    {
        Description = "As shown by the dashboard",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> All = new("--all") { Description = "The sessions of everybody" };

    private static readonly Option<bool> FromInput = new("--password-stdin")
    {
        Description = "Read the password from standard input, its first line",
    };

    public static Command Create() =>
        new("users", "Manage who may log in to the dashboard")
        {
            List(),
            Add(),
            Password(),
            ChangeRole(),
            LimitCommand.Create(),
            End(),
            Remove(),
            TokenCommand.Create(),
            SecondFactorCommand.Create(),
            EraseCommand.Create(),
        };

    private static Command List() =>
        Verb(
            new Command("list", "Show them"),
            async (session, store, cancel) =>
            {
                var users = await store.Users.ListAsync(cancel);
                if (session.Json)
                {
                    JsonOutput.Print(
                        new UsersJson(
                            "users list",
                            store.Target,
                            [.. users.Select(u => new UserJson(u.Name, u.Role, u.CreatedAt, u.UpdatedAt, u.Museums))]
                        ),
                        UsersShapes.Default.UsersJson
                    );
                    return;
                }

                var table = new Table().NoBorder();
                foreach (var title in (string[])["Name", "Role", "Museums", "Since", "Changed"])
                    table.AddColumn($"[bold]{title}[/]");
                foreach (var user in users)
                    table.AddRow(
                        Show.Text(user.Name),
                        Show.Text(user.Role),
                        Show.Text(user.Museums is { } codes ? string.Join(", ", codes) : "all"),
                        Show.Time(user.CreatedAt),
                        Show.Time(user.UpdatedAt)
                    );
                Terminal.Out.Write(table);
            }
        );

    private static Command Add() =>
        Verb(
            new Command("add", "Add somebody; from the first user on, a running museum serve asks for a login too")
            {
                Name,
                Role,
                FromInput,
            },
            async (session, store, cancel) =>
            {
                var (name, role) = (NewName(session), session.Parsed.GetRequiredValue(Role).ToLowerInvariant());
                if (
                    !await store.Users.AddAsync(
                        name,
                        role,
                        Passwords.Hash(ReadPassword(session, name)),
                        Move("users add", role),
                        cancel
                    )
                )
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"the name '{name}' is taken: change it with museum users password, or museum users role"
                    );
                Tell(session, store, "add", name, $"Added {name}, {role}.");
            }
        );

    private static Command Password() =>
        Verb(
            new Command("password", "Change somebody's password; they are logged out everywhere") { Name, FromInput },
            async (session, store, cancel) =>
            {
                var name = NameOf(session);
                Found(
                    await store.Users.ChangeAsync(
                        name,
                        null,
                        Passwords.Hash(ReadPassword(session, name)),
                        Move("users password", ""),
                        cancel
                    ),
                    name
                );
                Tell(session, store, "password", name, $"{name} has another password.");
            }
        );

    private static Command ChangeRole() =>
        Verb(
            new Command("role", "Change somebody's role; they are logged out everywhere") { Name, NewRole },
            async (session, store, cancel) =>
            {
                var (name, role) = (NameOf(session), session.Parsed.GetRequiredValue(NewRole).ToLowerInvariant());
                if (
                    role == Roles.Operator
                    && (await store.Users.ListAsync(cancel)).FirstOrDefault(u => u.Name == name)
                        is { Museums: { } limits }
                )
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"{name} may see {string.Join(", ", limits)} alone, and an operator sees all museums: if that "
                            + $"is meant, museum users museums {name} --all comes first"
                    );
                Found(await store.Users.ChangeAsync(name, role, null, Move("users role", role), cancel), name);
                Tell(session, store, "role", name, $"{name} is {role} now.");
            }
        );

    private static Command End() =>
        Verb(
            new Command("end", "End every session of somebody, including those from a provider; they may log in again")
            {
                Whose,
                All,
            },
            async (session, store, cancel) =>
            {
                var (name, all) = (
                    session.Parsed.GetValue(Whose)?.Trim().ToLowerInvariant(),
                    session.Parsed.GetValue(All)
                );
                if (string.IsNullOrEmpty(name) != all)
                    throw new MuseumException(
                        ExitCode.Usage,
                        "expected a NAME, or --all for everybody, and one of them only"
                    );
                var user = await store.Users.EndSessionsAsync(all ? null : name, Move("users end", ""), cancel);
                Tell(
                    session,
                    store,
                    "end",
                    all ? null : name,
                    (all, user) switch
                    {
                        (true, _) => "Ended every session of everybody.",
                        (_, true) => $"Ended every session of {name}.",
                        _ => $"Ended every session that a provider vouched for as {name}; there is no user of that "
                            + $"name.",
                    }
                );
            }
        );

    private static Command Remove() =>
        Verb(
            new Command("remove", "Remove somebody; they are logged out everywhere") { Name },
            async (session, store, cancel) =>
            {
                var name = NameOf(session);
                Found(await store.Users.RemoveAsync(name, Move("users remove", ""), cancel), name);
                Tell(session, store, "remove", name, $"Removed {name}.");
            }
        );

    internal static Command Verb(Command command, Func<Session, MuseumStore, CancellationToken, Task> work)
    {
        command.WithCommon(Options.Target);
        Session.Act(
            command,
            command.Name == "list" ? Needs.Database : Needs.Database | Needs.Writes,
            async (session, cancel) =>
            {
                await using var store = await Connections.OpenCurrentAsync(session, cancel);
                await work(session, store, cancel);
                return ExitCode.Done;
            }
        );
        return command;
    }

    internal static OperatorMove Move(string command, string detail) => new(Environment.UserName, command, detail);

    internal static string NameOf(Session session) => session.Parsed.GetRequiredValue(Name).Trim().ToLowerInvariant();

    internal static string NewName(Session session) =>
        NameOf(session) is var name && NamePattern().IsMatch(name)
            ? name
            : throw new MuseumException(
                ExitCode.Usage,
                $"NAME: found '{name}', expected 1 to 64 letters, digits, or . _ - @"
            );

    internal static void Found(bool found, string name)
    {
        if (!found)
            throw new MuseumException(
                ExitCode.Usage,
                $"nobody has the name '{name}': museum users list shows who there is"
            );
    }

    private static string ReadPassword(Session session, string name)
    {
        string? password;
        if (session.Parsed.GetValue(FromInput))
            password = Console.In.ReadLine();
        else if (session.Settings.NewPassword is { } given)
            password = given.Reveal();
        else if (Console.IsInputRedirected)
            throw new MuseumException(
                ExitCode.Usage,
                "the password is asked for at a terminal, and there is none: use --password-stdin, or set "
                    + "MUSEUM_NEW_PASSWORD or MUSEUM_NEW_PASSWORD_FILE"
            );
        else
            password = Terminal.Error.Prompt(new TextPrompt<string>("Password:").Secret(null));
        return PasswordRules.Fault(password, name) is { } fault
            ? throw new MuseumException(ExitCode.Usage, fault)
            : password!;
    }

    internal static void Tell(Session session, MuseumStore store, string verb, string? name, string said)
    {
        if (session.Json)
            JsonOutput.Print(
                new UserChangeJson($"users {verb}", store.Target, name),
                UsersShapes.Default.UserChangeJson
            );
        else
            Terminal.Out.MarkupLine(Show.Text(said));
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}._@-]{1,64}$")]
    private static partial Regex NamePattern();
}

internal sealed record UsersJson(string Command, string Target, IReadOnlyList<UserJson> Users);

internal sealed record UserJson(
    string Name,
    string Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<string>? Museums
);

/// <param name="Name">Null: everybody.</param>
internal sealed record UserChangeJson(string Command, string Target, string? Name);
