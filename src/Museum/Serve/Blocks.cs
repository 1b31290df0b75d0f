using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace MuseumPipeline.Serve;

/// <summary>Kestrel's buffers, of which no more than <see cref="Kept"/> stay once a crowd has gone. Kestrel's own pool
/// pins each and gives back 5 % in ten seconds: three thousand pages, long closed, kept 300 MB.</summary>
internal sealed class Blocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of one: a page of memory, as in Kestrel's pool.</summary>
    public const int Size = 4096;

    /// <summary>16 MB.</summary>
    public const int Kept = 4096;

    private readonly ConcurrentQueue<Block> free = new();
    private int count;

    public override int MaxBufferSize => Size;

    /// <summary>Blocks that wait for their next user.</summary>
    public int Waiting => Volatile.Read(ref count);

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <exception cref="ArgumentOutOfRangeException">More bytes than a block has.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, Size);
        if (!free.TryDequeue(out var block))
            return new Block(this);
        Interlocked.Decrement(ref count);
        return block.Lend();
    }

    /// <summary>Several of the server's parts share it; nothing in it needs an end.</summary>
    protected override void Dispose(bool disposing) { }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref count) <= Kept)
            free.Enqueue(block);
        else
            Interlocked.Decrement(ref count);
    }

    private sealed class Block(Blocks pool) : IMemoryOwner<byte>
    {
        private readonly byte[] bytes = GC.AllocateUninitializedArray<byte>(Size);
        private int lent = 1;

        public Memory<byte> Memory => bytes;

        public Block Lend()
        {
            Volatile.Write(ref lent, 1);
            return this;
        }

        /// <summary>A second call must not lend the same bytes to two.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref lent, 0) == 1)
                pool.Return(this);
        }
    }
}
