using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Serve.Live;

namespace MuseumPipeline.Tests.Serve.Live;

/// <summary>When the memory of a crowd of streams is given back.</summary>
public sealed class FreedMemoryTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly FreedMemory memory;
    private int given;

    public FreedMemoryTests() => memory = new FreedMemory(clock, () => given++);

    public void Dispose() => memory.Dispose();

    [Theory]
    [InlineData(FreedMemory.Crowd, 0, 1)]
    [InlineData(3000, 750, 1)]
    [InlineData(3000, 751, 0)]
    [InlineData(FreedMemory.Crowd - 1, 0, 0)]
    public void Memory_is_given_back_after_three_quarters_of_a_crowd_have_gone(int most, int left, int times)
    {
        for (var open = 1; open <= most; open++)
            memory.Open(open);
        for (var open = most - 1; open >= left; open--)
            memory.Open(open);
        clock.Advance(FreedMemory.After - TimeSpan.FromSeconds(1));
        Assert.Equal(0, given);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(times, given);
    }

    [Fact]
    public void A_second_crowd_gives_its_memory_back_too()
    {
        foreach (var open in (int[])[500, 0, 500, 0])
            memory.Open(open);
        clock.Advance(FreedMemory.After);
        Assert.Equal(1, given);
        memory.Open(500);
        memory.Open(0);
        clock.Advance(FreedMemory.After);
        Assert.Equal(2, given);
    }
}
