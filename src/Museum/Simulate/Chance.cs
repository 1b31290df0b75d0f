using System.Numerics;

namespace MuseumPipeline.Simulate;

/// <summary>
/// Pseudo-random numbers that stay the same for ever: xoshiro256** seeded by SplitMix64 (Blackman and Vigna,
/// https://prng.di.unimi.it).
/// <see cref="Random"/> with a seed promises its sequence for one major version of .NET only, and a sample must not
/// change with an upgrade.
/// </summary>
internal sealed class Chance
{
    private ulong _a,
        _b,
        _c,
        _d;

    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">Independent sequences of one seed, so that faults do not change the valid rows.</param>
    public Chance(long seed, uint stream)
    {
        var state = (ulong)seed ^ BitOperations.RotateLeft(0x9E3779B97F4A7C15 * (stream + 1UL), 32);
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>; the bias of one in 2^32 per bound does
    /// not matter here.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>From 0 up to, not including, 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>One of the ways.</summary>
    public T OneOf<T>(T[] ways) => ways[Below(ways.Length)];

    private ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Draws an exact number from a known total, each with the same chance, in one pass.</summary>
internal sealed class Lot(Chance chance, long wanted, long total)
{
    private long _wanted = wanted;
    private long _left = total;

    /// <summary>Whether the next one is taken. Asked at most <c>total</c> times.</summary>
    public bool Draw()
    {
        var taken = _wanted > 0 && chance.Fraction() * _left < _wanted;
        _left--;
        if (taken)
            _wanted--;
        return taken;
    }
}

/// <summary>Draws from a list in which each number occurs as often as its weight says.</summary>
internal sealed class Urn(params int[] weights)
{
    private readonly byte[] _slips =
    [
        .. weights.SelectMany((weight, number) => Enumerable.Repeat((byte)number, weight)),
    ];

    public int Draw(Chance chance) => _slips[chance.Below(_slips.Length)];
}
