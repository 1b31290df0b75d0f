using System.Net;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Serve.Security.Keys;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>What a copy of the database is worth to somebody who made it.</summary>
public class SealedKeysTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ServeSettings With(string key) => new() { Key = new Secret(key), KeyGiven = true };

    [Fact]
    public async Task The_keys_of_cookies_are_encrypted_in_the_database()
    {
        await using var server = await DashboardServer.OpenAsync(users: "viewer");
        await server.LoginAsync("viewer");

        var keys = await server.Store.CookieKeys.ListAsync(Cancel);
        Assert.NotEmpty(keys);
        Assert.All(
            keys,
            xml =>
            {
                Assert.Contains("<sealed", xml, StringComparison.Ordinal);
                Assert.DoesNotContain("<masterKey", xml, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Who_has_the_database_and_not_the_key_makes_no_cookie_that_counts()
    {
        await using var database = TestStore.Sqlite();
        await using var ours = await DashboardServer.OpenAsync(database, With(new string('a', 32)), users: "viewer");
        await using var second = await DashboardServer.OpenAsync(database, With(new string('a', 32)));
        await using var thief = await DashboardServer.OpenAsync(database, With(new string('b', 32)));

        var (cookie, forged) = (await ours.LoginAsync("viewer"), await thief.LoginAsync("viewer"));

        // The port is part of the cookie's name.
        string At(DashboardServer server, string value) =>
            $"__Host-museum-{server.Address.Port}={value[(value.IndexOf('=') + 1)..]}";
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/api/v1/me", At(second, cookie))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ours.GetAsync("/api/v1/me", At(ours, forged))).StatusCode);
    }

    [Fact]
    public async Task A_key_that_somebody_wrote_into_the_table_in_clear_counts_for_nothing()
    {
        await using var database = TestStore.Sqlite();
        await using (var server = await DashboardServer.OpenAsync(database, users: "viewer"))
            await server.LoginAsync("viewer");
        const string InClear = "<key id=\"5f1f7f0e-0000-4000-8000-000000000000\"><descriptor/></key>";
        await database.Store.CookieKeys.AddAsync("forged", InClear, Cancel);

        var notes = new Notes();
        await using var again = await DashboardServer.OpenAsync(database, notes: notes);
        await again.LoginAsync("viewer");

        Assert.Contains(
            notes.Warnings,
            line => line.Contains("1 keys of cookies were encrypted with another", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_was_sealed_opens_with_its_key_and_no_other_and_damaged_not_at_all()
    {
        var (vault, other) = (new Vault(new Secret("one")), new Vault(new Secret("other")));
        var box = vault.Seal("secret"u8);

        Assert.Equal("secret"u8.ToArray(), vault.Open(box));
        Assert.Null(other.Open(box));
        Assert.Null(vault.Open(box[..^4] + "AAAA"));
        Assert.Null(vault.Open("no box"));
        Assert.NotEqual(box, vault.Seal("secret"u8));
    }

    [Fact]
    public void The_key_that_nobody_set_is_made_once_for_this_user_alone()
    {
        var directory = Directory.CreateTempSubdirectory("museum-key-");
        try
        {
            var first = KeyFile.Read(directory.FullName)!;
            var path = Path.Combine(directory.FullName, "museum", "key");

            Assert.True(first.Reveal().Length >= 32);
            Assert.Equal(first.Reveal(), KeyFile.Read(directory.FullName)!.Reveal());
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(OwnFile.Usual, File.GetUnixFileMode(path));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
