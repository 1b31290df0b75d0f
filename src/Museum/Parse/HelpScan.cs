using System.Buffers;
using System.Globalization;
using System.Text;

namespace MuseumPipeline.Parse;

/// <summary>Looks for the press of a help button in a refused record, whatever its wrapper: <c>val</c> followed by −1,
/// or <c>type</c> followed by a kind of help, in any letter case, quoted or not, at any depth, escaped once or many
/// times, in UTF-16, or in text that is not JSON at all. When in doubt it reports one: the record is shown to a person,
/// never counted.</summary>
/// <param name="kinds">The values that mean a kind of help.</param>
/// <param name="emergency">The value that takes precedence over others in the same record.</param>
internal sealed class HelpScan(IReadOnlySet<int> kinds, int emergency)
{
    /// <summary>Quotes, colons, blanks, brackets and backslashes between a key and its value.</summary>
    private const int MostBetween = 24;

    /// <summary>No value of ours is longer.</summary>
    private const int LongestValue = 64;

    /// <summary>At most this many presses in one record are examined: a larger record comes from no kiosk, and must not
    /// take long.</summary>
    private const int MostPresses = 64;

    private static readonly SearchValues<byte> Ends = SearchValues.Create("\"',}]\\<&;\r\n"u8);

    private byte[] text = [];

    public bool IsKind(int value) => kinds.Contains(value);

    /// <summary>True if a help button may have been pressed, with the fields beside it. Valid until the next
    /// call.</summary>
    public bool TryFind(ReadOnlySpan<byte> raw, out Reading found)
    {
        found = default;
        var plain = Unwrap(raw);
        var presses = 0;
        for (var at = 0; at < plain.Length - 3 && presses < MostPresses; at++)
        {
            if (!IsHelp(plain, at))
                continue;
            var press = Around(plain, at);
            if (presses++ == 0 || IsEmergency(press))
                found = press;
            if (IsEmergency(found))
                return true;
        }

        return presses > 0;
    }

    private bool IsHelp(ReadOnlySpan<byte> plain, int at) =>
        (plain[at] | 0x20) switch
        {
            'v' => TryValue(plain, at, "val"u8, out var field) && field.TryInteger(out var value) && value == -1,
            't' => TryValue(plain, at, "type"u8, out var field)
                && field.TryInteger(out var value)
                && kinds.Contains(value),
            _ => false,
        };

    private bool IsEmergency(scoped in Reading press) => press.Type.TryInteger(out var kind) && kind == emergency;

    /// <summary>The record as plain text: UTF-16 without its zero bytes, escapes decoded.</summary>
    private ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> raw)
    {
        if (!raw.ContainsAny((byte)0, (byte)'\\'))
            return raw;
        if (text.Length < raw.Length)
            text = new byte[raw.Length];
        var length = 0;
        foreach (var letter in raw)
        {
            if (letter != 0)
                text[length++] = letter;
        }

        // An escaped text may contain another escaped one.
        for (var before = 0; before != length; )
            (before, length) = (length, Unescape(text.AsSpan(0, length)));
        return text.AsSpan(0, length);
    }

    /// <summary>Decodes in place; returns the new length.</summary>
    private static int Unescape(Span<byte> escaped)
    {
        var used = 0;
        for (var at = 0; at < escaped.Length; at++)
        {
            var letter = escaped[at];
            if (letter == '\\')
                (letter, at) = (ReadEscape(escaped[at..], out var length), at + length - 1);
            if (letter != 0)
                escaped[used++] = letter;
        }

        return used;
    }

    /// <summary>The decoded escape, as far as it matters here; 0 for an escaped zero.</summary>
    private static byte ReadEscape(ReadOnlySpan<byte> escape, out int length)
    {
        length = Math.Min(2, escape.Length);
        switch (length < 2 ? 0 : escape[1])
        {
            case (byte)'u' when TryCode(escape[2..], out var code):
                length = 6;
                return code < 0x80 ? (byte)code : (byte)'?';
            case (byte)'\\' or (byte)'"' or (byte)'\'':
                return escape[1];
            case (byte)'n' or (byte)'r' or (byte)'t':
                return (byte)' ';
            default:
                length = 1;
                return (byte)'/';
        }
    }

    private static bool TryCode(ReadOnlySpan<byte> digits, out ushort code)
    {
        code = 0;
        return digits.Length >= 4
            && ushort.TryParse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
    }

    /// <summary>The fields of the object that holds the press.</summary>
    private static Reading Around(ReadOnlySpan<byte> plain, int at)
    {
        var from = plain[..at].LastIndexOf((byte)'{') + 1;
        var length = plain[from..].IndexOf((byte)'}');
        var press = length < 0 || from + length < at ? plain[from..] : plain.Slice(from, length);
        var reading = default(Reading);
        for (var key = 0; key < press.Length - 2; key++)
        {
            switch (press[key] | 0x20)
            {
                case 'a' when reading.At.IsMissing:
                    TryValue(press, key, "at"u8, out reading.At);
                    break;
                case 's' when reading.Site.IsMissing:
                    TryValue(press, key, "site"u8, out reading.Site);
                    break;
                case 'v' when reading.Val.IsMissing:
                    TryValue(press, key, "val"u8, out reading.Val);
                    break;
                case 't' when reading.Type.IsMissing:
                    TryValue(press, key, "type"u8, out reading.Type);
                    break;
            }
        }

        return reading;
    }

    /// <summary>The value after this key: a number, or a text up to its quote.</summary>
    private static bool TryValue(ReadOnlySpan<byte> plain, int at, ReadOnlySpan<byte> key, out Field value)
    {
        value = default;
        if (at > 0 && IsWord(plain[at - 1]))
            return false;
        var rest = plain[at..];
        if (rest.Length <= key.Length || !Ascii.EqualsIgnoreCase(rest[..key.Length], key))
            return false;
        rest = rest[key.Length..];
        var between = 0;
        while (between < rest.Length && between < MostBetween && IsBetween(rest[between]))
            between++;
        if (between == 0 || between == rest.Length)
            return false;
        rest = rest[between..Math.Min(rest.Length, between + LongestValue)];
        var end = rest.IndexOfAny(Ends);
        var said = (end < 0 ? rest : rest[..end]).TrimEnd(" \t)"u8);
        // A text may contain a blank, as times do; a number ends at one.
        var blank = said.IndexOf((byte)' ');
        if (blank > 0 && NumberText.Read(said[..blank], out _) is not NumberKind.NotANumber)
            said = said[..blank];
        if (said.IsEmpty)
            return false;
        value = new(FieldKind.Bare, said);
        return true;
    }

    private static bool IsBetween(byte b) => !IsWord(b) && b is not ((byte)'-' or (byte)'+' or (byte)'.');

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == '_';
}
