using System.Buffers;
using System.Globalization;
using System.Text;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;

namespace MuseumPipeline.Simulate;

/// <summary>The messages of a museum's kiosks, one after another, each with its right verdict. Allocates nothing per
/// message; the bytes are valid until the next one. The first messages are the same however many are taken.</summary>
internal sealed class KioskStream
{
    private const int KiosksPerSite = 4;
    private static readonly string[] Digits = [.. Enumerable.Range(0, 10).Select(d => $"{d}")];
    private static readonly string[] SiteTexts = [.. Enumerable.Range(0, Exhibits.All.Length).Select(s => $"\"{s}\"")];
    private static readonly byte[][] Keys =
    [
        .. Enumerable
            .Range(0, Exhibits.All.Length * KiosksPerSite)
            .Select(k => Encoding.ASCII.GetBytes($"{k / KiosksPerSite}-{k % KiosksPerSite}")),
    ];

    private readonly ArrayBufferWriter<byte> _bytes = new(1 << 17);
    private readonly Chance _presses,
        _spoils,
        _which,
        _kiosks;
    private readonly StreamClock _clock;
    private readonly OpeningHours _hours;
    private readonly double _share;
    private readonly MessageFault[] _faults;
    private readonly Urn _urn;
    private readonly long _latest;

    /// <param name="now">Times later than this (plus the clock tolerance) will be refused.</param>
    public KioskStream(
        long seed,
        double share,
        bool everyFault,
        StreamClock clock,
        OpeningHours hours,
        DateTimeOffset now
    )
    {
        (_presses, _spoils, _which, _kiosks) = (new(seed, 10), new(seed, 11), new(seed, 12), new(seed, 13));
        (_share, _clock, _hours) = (share, clock, hours);
        _faults = MessageFaults.List(everyFault);
        _urn = new Urn([.. _faults.Select(f => f.Weight)]);
        _latest = (now + CleaningRules.Stream.ClockSkew).UtcTicks;
    }

    /// <summary>The message, as JSON.</summary>
    public ReadOnlySpan<byte> Value => _bytes.WrittenSpan;

    /// <summary>The kiosk it comes from: messages of one kiosk stay in order, and there are enough kiosks to fill
    /// several partitions.</summary>
    public byte[] Key { get; private set; } = [];

    /// <summary>Why it should be refused; null for a press.</summary>
    public Reason? Refused { get; private set; }

    /// <summary>The press, if it is one.</summary>
    public Press Press { get; private set; }

    /// <summary>Refused, and may have been a call for help.</summary>
    public bool PossibleHelp { get; private set; }

    /// <summary>The time by the museum's wall clock, without any fault.</summary>
    public DateTime At { get; private set; }

    /// <summary>Moves to the next message.</summary>
    public void Next()
    {
        At = _clock.Next();
        Press = MuseumDay.Draw(_presses);
        Key = Keys[(Press.Site * KiosksPerSite) + _kiosks.Below(KiosksPerSite)];
        var draft = new Draft(
            When.Now,
            SiteTexts[Press.Site],
            Press.IsHelp ? "-1" : Digits[Press.Value],
            Press.IsHelp ? (Press.Emergency ? "1" : "0") : null
        );
        Refused = null;
        if (_spoils.Fraction() < _share)
        {
            var fault = _faults[_urn.Draw(_which)];
            // Only its own fault distinguishes a broken rating from a broken call for help.
            draft = fault.Spoil(Press.IsHelp ? draft with { Val = "2", Type = null } : draft);
            Refused = fault.Reason;
        }

        Write(draft);
        PossibleHelp = Refused is not null && draft.PossibleHelp;
    }

    private void Write(in Draft draft)
    {
        var time = draft.At switch
        {
            When.Night => _hours.NightBefore(At),
            When.Future => new DateTime(2996, 1, 1).Add(At.TimeOfDay),
            When.Past => new DateTime(2000, 1, 1).Add(At.TimeOfDay),
            _ => At,
        };
        var offset = _hours.Zone.GetUtcOffset(time);
        if (Refused is null or Reason.OutOfHours && (time - offset).Ticks > _latest)
            Refused = Reason.Future;
        _bytes.ResetWrittenCount();
        _bytes.Write("{"u8);
        if (draft.At is not When.Absent)
            WriteTime(time, draft.At is When.WithoutOffset ? null : offset);
        WriteField("\"site\": "u8, draft.Site);
        WriteField("\"val\": "u8, draft.Val);
        WriteField("\"type\": "u8, draft.Type);
        _bytes.Write(draft.Ending ?? "}"u8);
    }

    private void WriteField(ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
            return;
        if (_bytes.WrittenCount > 1)
            _bytes.Write(", "u8);
        _bytes.Write(name);
        _bytes.Advance(Encoding.ASCII.GetBytes(text, _bytes.GetSpan(text.Length)));
    }

    /// <summary><c>"at": "2024-10-21T09:21:24.254719+01:00"</c></summary>
    private void WriteTime(DateTime time, TimeSpan? offset)
    {
        _bytes.Write("\"at\": \""u8);
        time.TryFormat(_bytes.GetSpan(32), out var written, "yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        _bytes.Advance(written);
        if (offset is { } known)
        {
            _bytes.Write(known < TimeSpan.Zero ? "-"u8 : "+"u8);
            known.TryFormat(_bytes.GetSpan(8), out written, "hh\\:mm", CultureInfo.InvariantCulture);
            _bytes.Advance(written);
        }

        _bytes.Write("\""u8);
    }
}
