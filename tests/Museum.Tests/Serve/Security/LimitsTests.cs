using System.Net;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class LimitsTests
{
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
