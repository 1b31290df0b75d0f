using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts.Tokens;
using Spectre.Console;

namespace MuseumPipeline.Commands.Users;

/// <summary><c>museum users token</c>: what notebooks and other programs read the API with.</summary>
internal static class TokenCommand
{
    private const int MostDays = 3_650;

    private static readonly Option<string[]> Museums = new("--museum")
    {
        Description = "Only this museum, by code; may be repeated",
        HelpName = "CODE",
    };

    private static readonly Option<int?> Days = NumberOption.Whole(
        new("--days") { Description = "How many days it is valid; by default until it is revoked" },
        least: 1,
        most: MostDays
    );

    public static Command Create() =>
        new("token", "Give programs a way to read the API, and take it back") { List(), Add(), Revoke() };

    private static Command List() =>
        UsersCommand.Verb(
            new Command("list", "Show them; the tokens themselves are never shown again"),
            async (session, store, cancel) =>
            {
                var tokens = await store.Tokens.ListAsync(cancel);
                if (session.Json)
                {
                    JsonOutput.Print(
                        new TokensJson(
                            "users token list",
                            store.Target,
                            [.. tokens.Select(t => TokenJson.Of(t, null))]
                        ),
                        UsersShapes.Default.TokensJson
                    );
                    return;
                }

                var table = new Table().NoBorder();
                foreach (var title in (string[])["Name", "Museums", "Since", "Expires"])
                    table.AddColumn($"[bold]{title}[/]");
                foreach (var token in tokens)
                    table.AddRow(
                        Show.Text(token.Name),
                        Show.Text(token.Museums is { } codes ? string.Join(", ", codes) : "all"),
                        Show.Time(token.CreatedAt),
                        token.ExpiresAt is { } at ? Show.Time(at) : "never"
                    );
                Terminal.Out.Write(table);
            }
        );

    private static Command Add() =>
        UsersCommand.Verb(
            new Command("add", "Make one; it is printed now and never again") { UsersCommand.Name, Museums, Days },
            async (session, store, cancel) =>
            {
                var name = UsersCommand.NewName(session);
                var days = session.Parsed.GetValue(Days);
                var museums = session.Parsed.GetValue(Museums) is { Length: > 0 } codes
                    ? await LimitCommand.KnownAsync(store, codes, cancel, Museums.Name)
                    : null;
                var now = session.Clock.GetUtcNow();
                var token = new ReadToken(name, museums, now, days is { } n ? now.AddDays(n) : null);
                var (secret, hash) = Bearer.Draw();
                var told = museums is null ? "all museums" : string.Join(", ", museums);
                if (!await store.Tokens.AddAsync(token, hash, UsersCommand.Move("users token add", told), cancel))
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"the name '{name}' is taken: museum users token revoke {name} takes the old one back"
                    );
                if (session.Json)
                    JsonOutput.Print(TokenJson.Of(token, secret), UsersShapes.Default.TokenJson);
                else
                {
                    // Alone on standard output, for whatever keeps it.
                    Console.Error.WriteLine(
                        SafeText.Of($"The token {name} reads {told}; keep it, it is not shown again:")
                    );
                    Console.Out.WriteLine(secret);
                }
            }
        );

    private static Command Revoke() =>
        UsersCommand.Verb(
            new Command("revoke", "Revoke one; it stops working at once") { UsersCommand.Name },
            async (session, store, cancel) =>
            {
                var name = UsersCommand.NameOf(session);
                if (!await store.Tokens.RevokeAsync(name, UsersCommand.Move("users token revoke", ""), cancel))
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"no token has the name '{name}': museum users token list shows which there are"
                    );
                if (session.Json)
                    JsonOutput.Print(
                        new UserChangeJson("users token revoke", store.Target, name),
                        UsersShapes.Default.UserChangeJson
                    );
                else
                    Terminal.Out.MarkupLine(Show.Text($"Revoked the token {name}."));
            }
        );
}

internal sealed record TokensJson(string Command, string Target, IReadOnlyList<TokenJson> Tokens);

/// <param name="Museums">Null: all.</param>
/// <param name="ExpiresAt">Null: never.</param>
/// <param name="Token">Only when it is made.</param>
internal sealed record TokenJson(
    string Name,
    IReadOnlyList<string>? Museums,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    string? Token
)
{
    public static TokenJson Of(ReadToken token, string? secret) =>
        new(token.Name, token.Museums, token.CreatedAt, token.ExpiresAt, secret);
}
