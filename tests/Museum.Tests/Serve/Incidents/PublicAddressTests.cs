using System.Net;
using MuseumPipeline.Serve.Incidents;

namespace MuseumPipeline.Tests.Serve.Incidents;

public sealed class PublicAddressTests
{
    /// <summary>An internal address is recognised, whichever way it is written.</summary>
    [Theory]
    [InlineData("10.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("9.9.9.9", true)]
    [InlineData("::ffff:9.9.9.9", true)]
    [InlineData("2620:fe::fe", true)]
    public void An_IPv4_address_is_judged_as_one_however_it_is_written(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));
}
