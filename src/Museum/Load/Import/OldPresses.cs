using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Original;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Load.Import;

/// <summary>What the original's numbers mean here.</summary>
/// <param name="Zone">Of its times; null where they are instants.</param>
internal sealed record OldMeanings(
    IReadOnlyDictionary<int, int> Exhibitions,
    IReadOnlyDictionary<long, OldButton> Ratings,
    IReadOnlyDictionary<long, OldButton> Support,
    TimeZoneInfo? Zone
);

/// <param name="Id">Our number; null where the button is not one of ours.</param>
internal readonly record struct OldButton(short? Id, int Value);

/// <summary>Judges rows of the original's tables: by the same rules as history, as far as a row can break
/// them.</summary>
internal sealed class OldPresses(OldMeanings meanings, CleaningRules rules, TimeProvider clock)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly MuseumClock? wall = meanings.Zone is { } zone ? new(zone) : null;
    private readonly long latest = (clock.GetUtcNow() + rules.ClockSkew).UtcTicks;

    /// <summary>Null for a sound row, whose event is then set.</summary>
    public Refusal? Judge(int sourceId, PressKind kind, in OriginalPress row, out KioskEvent press)
    {
        press = default;
        var buttons = kind is PressKind.Rating ? meanings.Ratings : meanings.Support;
        short? type = row.TypeId is { } t && buttons.TryGetValue(t, out var button) ? button.Id : null;
        int? place =
            row.ExhibitionId is >= 0 and <= int.MaxValue
            && meanings.Exhibitions.TryGetValue((int)row.ExhibitionId.Value, out var exhibition)
                ? exhibition
                : null;
        var utc = 0L;
        var exists = row.Ticks is { } ticks && TryToUtc(ticks, out utc);
        if (Fault(kind, row, type is not null, place is not null, exists ? utc : null) is { } reason)
            return Refuse(sourceId, kind, row, reason) with
            {
                ExhibitionId = place,
                SupportTypeId = kind is PressKind.Support ? type : null,
                At = exists ? StoredInstants.Storable(utc) : null,
            };
        press = new(sourceId, row.Id, place!.Value, kind, type!.Value, StoredInstants.MicrosecondsOf(utc));
        return null;
    }

    private bool TryToUtc(long ticks, out long utc)
    {
        utc = ticks;
        return wall is null || wall.TryToUtc(ticks, out utc);
    }

    private Reason? Fault(PressKind kind, in OriginalPress row, bool button, bool place, long? utc)
    {
        var rating = kind is PressKind.Rating;
        return row.Ticks is null ? Reason.MissingAt
            : row.TypeId is null ? (rating ? Reason.MissingVal : Reason.MissingType)
            : row.ExhibitionId is null ? Reason.MissingSite
            : !button ? (rating ? Reason.InvalidVal : Reason.InvalidType)
            : utc is null ? Reason.InvalidAt
            : !place ? Reason.UnknownSite
            : utc > latest ? Reason.Future
            : utc < rules.Past.UtcTicks ? Reason.Past
            : null;
    }

    private Refusal Refuse(int sourceId, PressKind kind, in OriginalPress row, Reason reason)
    {
        var raw = RawOf(kind, row);
        return new(sourceId, OldRows.HeldAt(kind, row.Id), reason, Detail(reason, row))
        {
            Raw = raw,
            RawLength = raw.Length,
            PossibleHelp = kind is PressKind.Support,
            Site = row.ExhibitionId is { } id ? OldExhibition.Prefix + id.ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    private string Detail(Reason reason, in OriginalPress row)
    {
        var at = row.Ticks is { } ticks ? TextOf(ticks) : "nothing";
        return reason switch
        {
            Reason.MissingAt => "found no time, expected the time of the press",
            Reason.MissingVal or Reason.MissingType => "found no type, expected what was pressed",
            Reason.MissingSite => "found no exhibition, expected where it was pressed",
            Reason.InvalidVal or Reason.InvalidType => $"found type {row.TypeId}, which is no button here",
            Reason.InvalidAt =>
                $"found {at}, expected a time that exists in {meanings.Zone?.Id}: the clocks skipped it",
            Reason.UnknownSite => $"found exhibition {row.ExhibitionId}, expected one of the original's",
            Reason.Future => $"found {at}, expected no time in the future",
            _ => $"found {at}, expected a time no earlier than {rules.Past.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
        };
    }

    private string TextOf(long ticks) =>
        new DateTime(ticks).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture)
        + (wall is null ? "Z" : "");

    /// <summary>The row as a message of the kiosks would say it, with its number.</summary>
    private byte[] RawOf(PressKind kind, in OriginalPress row)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber(kind is PressKind.Rating ? "rating_instance_id" : "support_instance_id", row.Id);
            if (row.Ticks is { } ticks)
                json.WriteString("at", TextOf(ticks));
            if (row.ExhibitionId is { } place)
                json.WriteString("site", OldExhibition.Prefix + place.ToString(CultureInfo.InvariantCulture));
            if (kind is PressKind.Support)
                json.WriteNumber("val", -1);
            var buttons = kind is PressKind.Rating ? meanings.Ratings : meanings.Support;
            if (row.TypeId is { } type && buttons.TryGetValue(type, out var button))
                json.WriteNumber(kind is PressKind.Rating ? "val" : "type", button.Value);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
