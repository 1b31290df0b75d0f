using MuseumPipeline.Serve;

namespace MuseumPipeline.Tests.Serve;

/// <summary>The buffers of the dashboard's connections.</summary>
public sealed class BlocksTests : IDisposable
{
    private readonly Blocks blocks = new();

    public void Dispose() => blocks.Dispose();

    [Fact]
    public void A_crowd_leaves_no_more_than_the_bound()
    {
        var crowd = Enumerable.Range(0, Blocks.Kept + 1000).Select(_ => blocks.Rent()).ToList();
        foreach (var block in crowd)
            block.Dispose();
        Assert.Equal(Blocks.Kept, blocks.Waiting);
    }

    [Fact]
    public void A_block_given_back_twice_is_not_lent_to_two()
    {
        var block = blocks.Rent();
        block.Dispose();
        block.Dispose();
        Assert.Equal(1, blocks.Waiting);
        Assert.NotSame(blocks.Rent(), blocks.Rent());
    }

    [Fact]
    public void A_block_is_lent_again()
    {
        var first = blocks.Rent();
        first.Dispose();
        var again = blocks.Rent(Blocks.Size);
        Assert.Same(first, again);
        Assert.Equal(Blocks.Size, again.Memory.Length);
        again.Dispose();
        Assert.Equal(1, blocks.Waiting);
    }

    [Fact]
    public void No_block_is_larger() => Assert.Throws<ArgumentOutOfRangeException>(() => blocks.Rent(Blocks.Size + 1));
}
