using System.Net;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Serve.Security.Accounts;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class LimitsTests
{
    [Fact]
    public void Six_addresses_that_guess_at_a_name_do_not_lock_its_owner_out_where_they_were_before()
    {
        var familiar = new Familiar(TimeProvider.System);
        using var limits = Limits.ByName(familiar);
        var (ada, elsewhere) = (new Guess("ada", "192.0.2.1"), new Guess("ada", "192.0.2.2"));
        familiar.Remember(ada);
        for (var stranger = 0; stranger < 6; stranger++)
        {
            for (var guess = 0; guess < 10; guess++)
                Assert.True(limits.AttemptAcquire(new("ada", $"198.51.100.{stranger}")).IsAcquired);
        }

        Assert.False(limits.AttemptAcquire(elsewhere).IsAcquired);
        Assert.True(limits.AttemptAcquire(ada).IsAcquired);
    }

    /// <summary>Each address may guess a few times a minute; a network of them keeps every processor that hashes
    /// busy.</summary>
    [Fact]
    public async Task Guesses_from_any_number_of_addresses_do_not_delay_whoever_is_where_they_were_before()
    {
        using var queue = new PasswordQueue();
        using var over = new CancellationTokenSource();
        List<Task<bool?>> strangers =
        [
            .. Enumerable
                .Range(0, PasswordQueue.MostStrangers + 50)
                .Select(_ => queue.FitsAsync(null, "seventeen quiet walruses", known: false, over.Token)),
        ];

        Assert.False(
            await queue.FitsAsync(null, "seventeen quiet walruses", known: true, TestContext.Current.CancellationToken)
        );
        Assert.True(strangers.Count(guess => !guess.IsCompleted) > PasswordQueue.MostStrangers / 2);
        Assert.Contains(strangers, guess => guess is { IsCompletedSuccessfully: true, Result: null });
        await over.CancelAsync();
        await Task.WhenAll(strangers).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>A dual-stack socket shows an IPv4 caller as an IPv6 address: all of them would share one
    /// limit.</summary>
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.8", "192.0.2.8")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:9:9:9:9", "2001:db8:1:2::")]
    public void Callers_are_distinguished_by_address_and_subscribers_of_IPv6_by_network(string remote, string limited)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(remote) } };
        Assert.Equal(limited, Limits.AddressOf(context));
    }
}
