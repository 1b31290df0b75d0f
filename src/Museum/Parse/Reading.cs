namespace MuseumPipeline.Parse;

/// <summary>The kind of a field's content, before any rule was applied.</summary>
public enum FieldKind : byte
{
    /// <summary>Absent, or an empty CSV field.</summary>
    Absent,

    /// <summary>JSON null.</summary>
    Null,

    /// <summary>A JSON string, unescaped.</summary>
    Text,

    /// <summary>A JSON number, as written.</summary>
    Number,

    /// <summary>A CSV field: text, and also a number if it is written as in JSON.</summary>
    Bare,

    /// <summary>true, false, an object or an array.</summary>
    Other,
}

/// <summary>One field of a record: its kind and its bytes (UTF-8).</summary>
public readonly ref struct Field(FieldKind kind, ReadOnlySpan<byte> bytes)
{
    public FieldKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Absent or null: nothing was sent.</summary>
    public bool IsMissing => Kind is FieldKind.Absent or FieldKind.Null;

    /// <summary>Nothing was sent, or an empty text.</summary>
    public bool IsMissingOrEmpty => IsMissing || (Kind is FieldKind.Text && Bytes.IsEmpty);

    /// <summary>The same, also if it was sent as a text: "-1", " 1 ".</summary>
    public bool TryIntegerOrText(out int value)
    {
        if (TryInteger(out value))
            return true;
        return Kind is FieldKind.Text or FieldKind.Bare
            && NumberText.Read(Bytes.Trim(" \t"u8), out value) is NumberKind.Whole;
    }

    /// <summary>The whole number written here, by value: 3.0 is 3, -0.0 is 0. False for anything else.</summary>
    public bool TryInteger(out int value)
    {
        value = 0;
        return Kind is FieldKind.Number or FieldKind.Bare && NumberText.Read(Bytes, out value) is NumberKind.Whole;
    }
}

/// <summary>What a kiosk sent, field by field. A CSV row and a JSON message look the same to the rules.</summary>
public ref struct Reading
{
    public Field At;
    public Field Site;
    public Field Val;
    public Field Type;

    /// <summary>None of the four keys was present.</summary>
    public readonly bool IsEmpty =>
        At.Kind is FieldKind.Absent
        && Site.Kind is FieldKind.Absent
        && Val.Kind is FieldKind.Absent
        && Type.Kind is FieldKind.Absent;
}
