using System.Net;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Serve.Security;

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
