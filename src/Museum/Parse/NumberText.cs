namespace MuseumPipeline.Parse;

/// <summary>A text's kind as a JSON number.</summary>
internal enum NumberKind : byte
{
    NotANumber,
    Fraction,

    /// <summary>A whole number beyond ±999,999,999.</summary>
    LargeWhole,
    Whole,
}

/// <summary>Numbers by JSON's grammar and exact decimal value: no binary fraction may round 3.0000000000000000001 to
/// 3.</summary>
internal static class NumberText
{
    private const int SmallDigits = 9;

    /// <summary>Reads a number that must fill the whole text.</summary>
    public static NumberKind Read(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        if (text.Length == 1 && IsDigit(text[0]))
        {
            value = text[0] - '0';
            return NumberKind.Whole;
        }

        return TrySplit(text, out var negative, out var whole, out var fraction, out var exponent)
            ? Weigh(negative, whole, fraction, exponent, out value)
            : NumberKind.NotANumber;
    }

    /// <summary>True for canonical ASCII digits: "0", "12", not "03".</summary>
    public static bool IsCanonicalDigits(ReadOnlySpan<byte> text) =>
        text.Length > 0 && (text.Length == 1 || text[0] != '0') && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static bool TrySplit(
        ReadOnlySpan<byte> text,
        out bool negative,
        out ReadOnlySpan<byte> whole,
        out ReadOnlySpan<byte> fraction,
        out int exponent
    )
    {
        whole = fraction = default;
        exponent = 0;
        negative = text.Length > 0 && text[0] == '-';
        var rest = negative ? text[1..] : text;
        whole = TakeDigits(ref rest);
        if (!IsCanonicalDigits(whole))
            return false;
        if (rest.Length > 0 && rest[0] == '.')
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
            if (fraction.IsEmpty)
                return false;
        }

        if (rest.IsEmpty)
            return true;
        if ((rest[0] | 0x20) != 'e')
            return false;
        rest = rest[1..];
        var down = rest.Length > 0 && rest[0] == '-';
        if (rest.Length > 0 && rest[0] is (byte)'-' or (byte)'+')
            rest = rest[1..];
        var digits = TakeDigits(ref rest);
        if (digits.IsEmpty || !rest.IsEmpty)
            return false;
        foreach (var digit in digits)
            exponent = Math.Min((exponent * 10) + (digit - '0'), 100_000_000);
        if (down)
            exponent = -exponent;
        return true;
    }

    /// <summary>Without zeros at both ends the value is 0.digits × 10^point: a whole number if no digit is after the
    /// point.</summary>
    private static NumberKind Weigh(
        bool negative,
        ReadOnlySpan<byte> whole,
        ReadOnlySpan<byte> fraction,
        int exponent,
        out int value
    )
    {
        value = 0;
        var length = whole.Length + fraction.Length;
        var first = 0;
        while (first < length && Digit(whole, fraction, first) == 0)
            first++;
        if (first == length)
            return NumberKind.Whole;
        var last = length - 1;
        while (Digit(whole, fraction, last) == 0)
            last--;

        var point = (long)whole.Length + exponent;
        if (last >= point)
            return NumberKind.Fraction;
        if (point - first > SmallDigits)
            return NumberKind.LargeWhole;
        for (var at = first; at < point; at++)
            value = (value * 10) + (at <= last ? Digit(whole, fraction, at) : 0);
        if (negative)
            value = -value;
        return NumberKind.Whole;
    }

    private static int Digit(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int at) =>
        (at < whole.Length ? whole[at] : fraction[at - whole.Length]) - '0';

    private static ReadOnlySpan<byte> TakeDigits(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = end < 0 ? rest : rest[..end];
        rest = rest[digits.Length..];
        return digits;
    }

    private static bool IsDigit(byte value) => (uint)(value - '0') <= 9;
}
