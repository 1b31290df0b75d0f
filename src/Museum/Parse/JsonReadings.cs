using System.Text.Json;
using System.Text.Unicode;
using MuseumPipeline.Model;

namespace MuseumPipeline.Parse;

/// <summary>Reads one stream message. Uses one scratch buffer for escaped texts, so a reading is valid until the next
/// call. Not thread-safe.</summary>
internal sealed class JsonReadings
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private byte[] scratch = new byte[1024];
    private int scratchUsed;
    private bool nested,
        notText;

    /// <summary>Returns null and the fields of the message; or the reason why it cannot be read, with as many fields as
    /// could be parsed before the fault (a call for help may be among them).</summary>
    /// <param name="message">The raw value; a tombstone is empty.</param>
    /// <param name="reading">Valid until the next call.</param>
    /// <param name="detail">What was found and what was expected.</param>
    public Reason? Read(ReadOnlySpan<byte> message, out Reading reading, out string? detail)
    {
        reading = default;
        detail = null;
        if (message.IsEmpty)
        {
            detail = "found a message of zero bytes, expected a JSON object";
            return Reason.Empty;
        }

        var length = message.Length;
        message = Envelope.Open(message);
        var fault = Scan(message, ref reading, out var scanDetail);
        if (length > Refusal.RecordLimit)
        {
            detail = $"found {length} bytes, expected at most {Refusal.RecordLimit}";
            return Reason.TooLarge;
        }

        if (!Utf8.IsValid(message) || message.Contains((byte)0))
        {
            // A NUL ends the scan; the bytes after it may still hold a call for help.
            if (fault is not null)
                Scan(WithoutNul(message), ref reading, out _);
            detail = MessageShape.Of(message) is { } encoding
                ? $"found {encoding}, expected UTF-8"
                : "found bytes that are not UTF-8 text, or a NUL";
            return Reason.InvalidEncoding;
        }

        detail = scanDetail;
        if (fault is Reason.InvalidJson && MessageShape.Of(message) is { } shape)
            detail = $"found {shape}, expected one JSON object with each key once";
        return fault;
    }

    private static byte[] WithoutNul(ReadOnlySpan<byte> message)
    {
        var copy = message.ToArray();
        copy.AsSpan().Replace((byte)0, (byte)' ');
        return copy;
    }

    /// <summary>For an object without any of our keys: where the press is instead; null if it cannot be
    /// found.</summary>
    public static string? Elsewhere(ReadOnlySpan<byte> message) => MessageShape.OfObject(Envelope.Open(message));

    private Reason? Scan(ReadOnlySpan<byte> message, ref Reading reading, out string? detail)
    {
        reading = default;
        scratchUsed = 0;
        nested = notText = false;
        // Every text may be unescaped twice: once for its field, once to check unknown keys.
        if (scratch.Length < 2 * message.Length)
            scratch = new byte[2 * message.Length];
        var reader = new Utf8JsonReader(message);
        bool strange = false,
            doubled = false;
        detail = null;
        try
        {
            reader.Read();
            if (reader.TokenType is not JsonTokenType.StartObject)
            {
                detail = $"found a JSON {Name(reader.TokenType)} at the top, expected one object";
                return Reason.InvalidJson;
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
                Take(ref reader, ref reading, ref strange, ref doubled);
            reader.Read();
            if (doubled)
                detail = "found the same key twice, expected each key once";
            else if (strange || nested)
                CheckStrangers(message);
            return notText ? NotText(out detail)
                : doubled ? Reason.InvalidJson
                : null;
        }
        catch (JsonException e)
        {
            if (notText)
                return NotText(out detail);
            detail = $"found invalid JSON at byte {e.BytePositionInLine ?? 0}, expected one object with each key once";
            return Reason.InvalidJson;
        }
    }

    private void Take(scoped ref Utf8JsonReader reader, ref Reading reading, ref bool strange, ref bool doubled)
    {
        var name = Text(ref reader);
        if (name.SequenceEqual("at"u8))
            Set(ref reader, ref reading.At, ref doubled);
        else if (name.SequenceEqual("site"u8))
            Set(ref reader, ref reading.Site, ref doubled);
        else if (name.SequenceEqual("val"u8))
            Set(ref reader, ref reading.Val, ref doubled);
        else if (name.SequenceEqual("type"u8))
            Set(ref reader, ref reading.Type, ref doubled);
        else
        {
            strange = true;
            reader.Skip();
        }
    }

    private void Set(scoped ref Utf8JsonReader reader, ref Field field, ref bool doubled)
    {
        // Of two equal keys the first is kept, unless only the second is a call for help.
        var found = Next(ref reader);
        if (field.Kind is FieldKind.Absent)
            field = found;
        else
            doubled = true;
        if (doubled && found.TryInteger(out var value) && value is -1)
            field = found;
    }

    private Field Next(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return new(FieldKind.Null, default);
            case JsonTokenType.Number:
                return new(FieldKind.Number, reader.ValueSpan);
            case JsonTokenType.String:
                return new(FieldKind.Text, Text(ref reader));
            default:
                nested |= reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
                reader.Skip();
                return new(FieldKind.Other, default);
        }
    }

    /// <summary>Keys and texts that we do not use must still be Unicode and unique.</summary>
    private void CheckStrangers(ReadOnlySpan<byte> message)
    {
        if (message.Contains((byte)'\\'))
        {
            for (var reader = new Utf8JsonReader(message); reader.Read(); )
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    Text(ref reader);
            }
        }

        if (!notText)
            JsonDocument.Parse(message.ToArray(), Strict).Dispose();
    }

    private ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var text = scratch.AsSpan(scratchUsed);
        try
        {
            text = text[..reader.CopyString(text)];
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate; the fields after it are still wanted.
            notText = true;
            return default;
        }

        scratchUsed += text.Length;
        notText |= text.Contains((byte)0);
        return text;
    }

    private static Reason NotText(out string? detail)
    {
        detail = "found an escaped lone surrogate or NUL in a text, expected Unicode text";
        return Reason.InvalidEncoding;
    }

    private static string Name(JsonTokenType type) =>
        type switch
        {
            JsonTokenType.StartArray => "array",
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            JsonTokenType.Null => "null",
            JsonTokenType.None => "nothing",
            _ => "boolean",
        };
}
