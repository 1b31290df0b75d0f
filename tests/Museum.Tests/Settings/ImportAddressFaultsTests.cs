using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Tests.Settings;

public sealed class ImportAddressFaultsTests
{
    [Theory]
    [InlineData("host=a dbname=m colour=red", "expected one of host, port, dbname, user, sslmode, sslrootcert, schema")]
    [InlineData("host=a dbname=m port=x", "found 'x', expected a port, 1 to 65535")]
    [InlineData("host=a dbname=m sslmode=maybe", "expected one of disable, prefer, require, verify-ca, verify-full")]
    [InlineData("mysql://somebody:secret@host/m", "found 'another address'")]
    public void What_is_no_address_is_told_without_a_password(string address, string said)
    {
        var fault = Assert.Throws<MuseumException>(() => ImportAddress.Parse(address, null));

        Assert.Equal(ExitCode.Usage, fault.ExitCode);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }
}
