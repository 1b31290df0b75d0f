namespace MuseumPipeline.Tests.Commands;

public sealed class UsersCommandTests : IAsyncLifetime
{
    private readonly MuseumProcess museum = new();

    public async ValueTask InitializeAsync() => Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);

    public ValueTask DisposeAsync()
    {
        museum.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<MuseumProcess.Outcome> RunAsync(string input, params string[] arguments)
    {
        using var process = museum.Start(arguments);
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        return await MuseumProcess.FinishAsync(process);
    }

    [Fact]
    public async Task Users_come_change_and_go()
    {
        Assert.Equal(
            0,
            (await RunAsync("correct horse", "users", "add", "Ada", "--role", "security", "--password-stdin")).ExitCode
        );
        Assert.Equal(0, (await RunAsync("battery staple", "users", "password", "ada", "--password-stdin")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("users", "role", "ada", "Operator")).ExitCode);
        var user = Assert.Single(
            (await museum.RunAsync("users", "list", "--json")).Json.GetProperty("users").EnumerateArray()
        );
        Assert.Equal(("ada", "operator"), (user.GetProperty("name").GetString(), user.GetProperty("role").GetString()));
        Assert.Equal(0, (await museum.RunAsync("users", "remove", "ADA")).ExitCode);
        Assert.Empty((await museum.RunAsync("users", "list", "--json")).Json.GetProperty("users").EnumerateArray());
    }

    [Fact]
    public async Task Tokens_are_shown_once_and_taken_back()
    {
        var made = await museum.RunAsync("users", "token", "add", "Notebook", "--museum", "lmnh", "--days", "30");
        Assert.Equal(0, made.ExitCode);
        Assert.Matches("^museum_[0-9a-f]{64}$", made.Out.Trim());
        Assert.Equal(2, (await museum.RunAsync("users", "token", "add", "notebook")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("users", "token", "add", "other", "--museum", "nowhere")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("users", "token", "add", "other", "--days", "0")).ExitCode);

        var list = await museum.RunAsync("users", "token", "list", "--json");
        var token = Assert.Single(list.Json.GetProperty("tokens").EnumerateArray());
        Assert.Equal(
            ("notebook", "LMNH"),
            (token.GetProperty("name").GetString(), token.GetProperty("museums")[0].GetString())
        );
        Assert.DoesNotContain(made.Out.Trim()[7..], list.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await museum.RunAsync("users", "token", "revoke", "notebook")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("users", "token", "revoke", "notebook")).ExitCode);
    }

    [Fact]
    public async Task Where_nobody_can_type_it_the_password_is_a_setting_which_is_shown_to_nobody()
    {
        museum.Write("password", "correct horse\n");
        museum.Environment["MUSEUM_NEW_PASSWORD_FILE"] = "password";

        var added = await museum.RunAsync("users", "add", "ada", "--role", "operator");

        Assert.Equal((0, "Added ada, operator."), (added.ExitCode, added.Out.Trim()));
        var settings = await museum.RunAsync("settings");
        Assert.Contains("MUSEUM_NEW_PASSWORD", settings.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", settings.Out + settings.Error + added.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_limited_to_museums_does_not_become_an_operator_of_all_by_another_role()
    {
        await RunAsync("correct horse", "users", "add", "ada", "--role", "security", "--password-stdin");
        Assert.Equal(0, (await museum.RunAsync("users", "museums", "ada", "lmnh")).ExitCode);
        var refused = await museum.RunAsync("users", "role", "ada", "operator");
        Assert.Equal(
            (
                2,
                "error: ada may see LMNH alone, and an operator sees all museums: if that is meant, museum users "
                    + "museums ada --all comes first"
            ),
            (refused.ExitCode, refused.Error.TrimEnd().Split('\n')[^1])
        );
        Assert.Equal(0, (await museum.RunAsync("users", "role", "ada", "viewer")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("users", "museums", "ada", "--all")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("users", "role", "ada", "operator")).ExitCode);
    }

    [Fact]
    public async Task Sessions_are_ended_of_one_or_of_all_known_here_or_not()
    {
        await RunAsync("correct horse", "users", "add", "ada", "--role", "viewer", "--password-stdin");
        Assert.Equal("Ended every session of ada.", (await museum.RunAsync("users", "end", "ADA")).Out.Trim());
        Assert.StartsWith(
            "Ended every session that a provider vouched for as eve; there is no user",
            (await museum.RunAsync("users", "end", "Eve")).Out,
            StringComparison.Ordinal
        );
        Assert.Equal("Ended every session of everybody.", (await museum.RunAsync("users", "end", "--all")).Out.Trim());
        foreach (
            var wrong in (string[][])
                [
                    ["users", "end"],
                    ["users", "end", ""],
                    ["users", "end", "ada", "--all"],
                ]
        )
        {
            var outcome = await museum.RunAsync(wrong);
            Assert.Equal(
                (2, true),
                (outcome.ExitCode, outcome.Error.Contains("expected a NAME, or --all", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task What_cannot_be_is_reported_and_no_password_is_shown()
    {
        var shorter = await RunAsync("short", "users", "add", "ada", "--role", "viewer", "--password-stdin");
        Assert.Equal(
            (2, true),
            (shorter.ExitCode, shorter.Error.Contains("expected 10 characters or more", StringComparison.Ordinal))
        );
        Assert.DoesNotContain("'short'", shorter.Error, StringComparison.Ordinal);
        var king = await RunAsync("correct horse", "users", "add", "ada", "--role", "king", "--password-stdin");
        Assert.Equal(
            (2, "error: --role: found 'king', expected viewer, security, operator. See 'museum users add --help'."),
            (king.ExitCode, king.Error.Trim())
        );
        Assert.Contains(
            "ROLE: found 'king', expected viewer, security, operator",
            (await museum.RunAsync("users", "role", "ada", "king")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected 1 to 64 letters",
            (await RunAsync("correct horse", "users", "add", "a b", "--role", "viewer", "--password-stdin")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "use --password-stdin",
            (await RunAsync("", "users", "add", "ada", "--role", "viewer")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "nobody has the name 'eve'",
            (await museum.RunAsync("users", "remove", "eve")).Error,
            StringComparison.Ordinal
        );
        await RunAsync("correct horse", "users", "add", "ada", "--role", "viewer", "--password-stdin");
        Assert.Contains(
            "the name 'ada' is taken",
            (await RunAsync("correct horse", "users", "add", "ADA", "--role", "viewer", "--password-stdin")).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Names_are_given_once_and_an_operator_sees_every_museum()
    {
        await RunAsync("correct horse", "users", "add", "ada", "--role", "operator", "--password-stdin");
        Assert.Contains(
            "the name 'ada' is taken: change it with museum users password, or museum users role",
            (await RunAsync("correct horse", "users", "add", "ada", "--role", "viewer", "--password-stdin")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected the CODEs of museums, or --all, and one only",
            (await museum.RunAsync("users", "museums", "ada")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "ada is an operator, who may see all museums: change that with museum users role ada security",
            (await museum.RunAsync("users", "museums", "ada", "LMNH")).Error,
            StringComparison.Ordinal
        );
        // As it is typed.
        Assert.Equal(0, (await museum.RunAsync("users", "role", "ada", "security")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("users", "museums", "ada", "LMNH")).ExitCode);
    }
}
