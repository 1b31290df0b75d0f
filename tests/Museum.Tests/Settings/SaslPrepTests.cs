using System.Globalization;
using MuseumPipeline.Settings.Passwords;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Settings;

/// <summary>What psql lets in, we let in: a server keeps a password as SASLprep makes it.</summary>
public sealed class SaslPrepTests(PostgresServer server)
{
    /// <summary>Typed, and what is sent: the first of the RFC's own examples, then others.</summary>
    public static TheoryData<string, string> Passwords =>
        new()
        {
            { "user", "user" },
            { "I\u00ADX", "IX" },
            { "\u00AA", "a" },
            { "\u2168abc", "IXabc" },
            { "cafe\u0301", "caf\u00E9" },
            { "caf\u00E9", "caf\u00E9" },
            { "a\u00A0b", "a b" },
            { "\uFF11\uFF12\uFF13abc", "123abc" },
            { "\u017Fecret", "secret" },
            { "\uFB01n", "fin" },
            { "\u212Bngstr\u00F6m", "\u00C5ngstr\u00F6m" },
            { "q\u0307\u0323", "q\u0323\u0307" },
            { "s\u0307\u0323", "\u1E69" },
            { "\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00" },
            { "\uD55C\uAE00", "\uD55C\uAE00" },
            { "\u0627\u0628", "\u0627\u0628" },
            { "\U0001D54F", "X" },
        };

    /// <summary>What SASLprep refuses is sent as it is: letters of both directions, control characters, characters
    /// that came after Unicode 3.2, private ones, nothing at all, half a surrogate pair.</summary>
    public static TheoryData<string> Refused =>
        ["\u0627\uFF11", "\uFF11\u0085", "\uFF11\U0001F600", "\uFF11\uE000", "\u00AD", "\uFF11\uD800", "\u200E\uFF11"];

    [Theory]
    [MemberData(nameof(Passwords))]
    public void A_password_is_sent_as_SASLprep_makes_it(string typed, string sent) =>
        Assert.Equal(sent, SaslPrep.Of(typed));

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_SASLprep_refuses_is_sent_as_it_is(string typed) => Assert.Equal(typed, SaslPrep.Of(typed));

    [Fact]
    public async Task A_server_that_keeps_it_normalised_lets_it_in_however_it_is_typed()
    {
        using var museum = new MuseumProcess();
        await using var database = await server.FreshDatabaseAsync();
        var role = $"{database.Name}_sp";
        museum.Environment["LOCAL_HOST"] = database.Connection.Host!;
        museum.Environment["LOCAL_PORT"] = database.Connection.Port.ToString(CultureInfo.InvariantCulture);
        museum.Environment["LOCAL_DB"] = database.Name;
        museum.Environment["LOCAL_USERNAME"] = role;
        // Fallbacks, which never win over ours.
        museum.Environment["PGUSER"] = "somebody-else";
        museum.Environment["PGPASSWORD"] = "wrong";
        await server.ExecuteAsync($"create role {role} login");
        try
        {
            foreach (
                var password in (string[])
                    [
                        .. Passwords.Select(row => row.Data.Item1).Where(p => !p.Contains('\u00AD')),
                        "\u0627\uFF11",
                        "\uFF11\U0001F600",
                    ]
            )
            {
                // Hashed by the server, as it hashes what any client sends.
                await server.ExecuteAsync($"alter role {role} password '{password}'");
                museum.Environment["LOCAL_PASSWORD"] = password;

                var ping = await museum.RunAsync("db", "ping");

                Assert.True(ping.ExitCode == 0, $"{password}: {ping.Error}");
            }

            museum.Environment["LOCAL_PASSWORD"] = "caf\u00E8";
            Assert.Equal(4, (await museum.RunAsync("db", "ping")).ExitCode);
        }
        finally
        {
            await server.ExecuteAsync($"drop role {role}");
        }
    }
}
