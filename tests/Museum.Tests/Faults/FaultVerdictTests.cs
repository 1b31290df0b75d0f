using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Tests.Clean;

namespace MuseumPipeline.Tests.Faults;

/// <summary>The bad messages through parse and clean; the tests of the load load the bad files completely.</summary>
public sealed class FaultVerdictTests
{
    public static TheoryData<string> Names => [.. FaultMessages.All.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_gets_its_verdict(string name)
    {
        var message = FaultMessages.All.Single(m => m.Name == name);
        var vocabulary = Judge.Lmnh with { Exhibitions = [.. Judge.Lmnh.Exhibitions.Take(4)] };
        var cleaner = new Cleaner(vocabulary, CleaningRules.Stream, new FakeTimeProvider(FaultMessages.Now));

        var bytes = message.Value ?? [];
        var refusal = new MessageJudge(cleaner).Judge(new RawRecord(1, 1, bytes, bytes.Length), out var press);
        var reason = refusal?.Reason;

        Assert.Equal(message.Expected.Reason?.Code(), reason?.Code());
        Assert.Equal(message.Expected.PossibleHelp, refusal?.PossibleHelp ?? false);
        if (refusal is not null)
            Assert.NotEmpty(refusal.Detail);
        if (reason is null)
            Assert.Equal(message.Expected.Loaded, press.Kind);
        if (message.Expected.At is { } at)
            Assert.Equal(at.UtcTicks / 10, DateTimeOffset.UnixEpoch.AddMicroseconds(press.At).UtcTicks / 10);
    }
}
