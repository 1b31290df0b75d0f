using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Clean;

/// <summary>Judges readings: one method for each rule, in a fixed order; the first that applies is the reason. CSV rows
/// and stream messages pass the same rules. Pure except for the clock, which is read once a batch. Not
/// thread-safe.</summary>
public sealed class Cleaner
{
    private const int Help = -1;
    private readonly CleaningRules rules;
    private readonly TimeProvider clock;
    private readonly MuseumClock wall;
    private readonly FrozenDictionary<int, short> ratingTypes;
    private readonly FrozenDictionary<int, short> supportTypes;
    private readonly FrozenDictionary<long, int> exhibitions;
    private readonly Vocabulary vocabulary;
    private readonly HelpScan helpScan;
    private long latest;

    public Cleaner(Vocabulary vocabulary, CleaningRules rules, TimeProvider clock)
    {
        this.vocabulary = vocabulary;
        this.rules = rules;
        this.clock = clock;
        wall = new MuseumClock(TimeZones.Find(vocabulary.Museum.TimeZone));
        ratingTypes = vocabulary.RatingTypes.Where(t => t.Value != Help).ToFrozenDictionary(t => t.Value, t => t.Id);
        supportTypes = vocabulary.SupportTypes.ToFrozenDictionary(t => t.Value, t => t.Id);
        // An exhibition whose site nobody told us yet hears from no kiosk.
        exhibitions = vocabulary
            .Exhibitions.Where(e => long.TryParse(e.Site, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .ToFrozenDictionary(e => long.Parse(e.Site, CultureInfo.InvariantCulture), e => e.Id);
        // 0 and 1 meant help before museums could add kinds, so they always count as a possible call.
        helpScan = new HelpScan(
            supportTypes.Keys.Append(PressType.Assistance).Append(PressType.Emergency).ToFrozenSet(),
            PressType.Emergency
        );
        StartBatch();
    }

    /// <summary>In microseconds: see <see cref="CleaningRules.ClockTolerance"/>.</summary>
    internal long ClockTolerance => rules.ClockTolerance.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Reads the clock, for the <c>future</c> rule.</summary>
    public void StartBatch() => latest = (clock.GetUtcNow() + rules.ClockSkew).UtcTicks;

    /// <summary>Returns null and the event of a valid reading, or the first rule it breaks.</summary>
    /// <param name="reading">The fields as they came.</param>
    /// <param name="sourceId">Goes into the event.</param>
    /// <param name="position">Goes into the event.</param>
    /// <param name="kioskEvent">Valid when null is returned.</param>
    public Reason? CleanData(scoped in Reading reading, int sourceId, long position, out KioskEvent kioskEvent)
    {
        kioskEvent = default;
        if (MissingValues(reading) is { } missing)
            return missing;
        if (InvalidValues(reading, out var found) is { } invalid)
            return invalid;
        kioskEvent = new KioskEvent(
            sourceId,
            position,
            found.ExhibitionId,
            found.IsHelp ? PressKind.Support : PressKind.Rating,
            found.TypeId,
            StoredInstants.MicrosecondsOf(found.UtcTicks)
        );
        return null;
    }

    /// <summary>Rules for missing fields.</summary>
    public static Reason? MissingValues(scoped in Reading reading) =>
        MissingAt(reading) ?? MissingVal(reading) ?? MissingType(reading) ?? MissingSite(reading);

    private static Reason? MissingAt(scoped in Reading reading) =>
        reading.At.IsMissingOrEmpty ? Reason.MissingAt : null;

    private static Reason? MissingVal(scoped in Reading reading) => reading.Val.IsMissing ? Reason.MissingVal : null;

    private static Reason? MissingType(scoped in Reading reading) =>
        reading.Type.IsMissing && IsHelp(reading) ? Reason.MissingType : null;

    private static Reason? MissingSite(scoped in Reading reading) =>
        reading.Site.IsMissingOrEmpty ? Reason.MissingSite : null;

    /// <summary>Rules for invalid values.</summary>
    private Reason? InvalidValues(scoped in Reading reading, out Findings found)
    {
        found = default;
        return InvalidVal(reading, ref found)
            ?? InvalidSite(reading, ref found)
            ?? InvalidType(reading, ref found)
            ?? Contradictory(reading, found)
            ?? InvalidAt(reading, ref found)
            ?? UnknownSite(ref found)
            ?? Future(found)
            ?? Past(found)
            ?? OutOfHours(found);
    }

    private Reason? InvalidVal(scoped in Reading reading, ref Findings found)
    {
        if (!reading.Val.TryInteger(out var value))
            return Reason.InvalidVal;
        found.IsHelp = value == Help;
        return found.IsHelp || ratingTypes.TryGetValue(value, out found.TypeId) ? null : Reason.InvalidVal;
    }

    private static Reason? InvalidSite(scoped in Reading reading, ref Findings found) =>
        TrySite(reading.Site, out found.Site) ? null : Reason.InvalidSite;

    private Reason? InvalidType(scoped in Reading reading, ref Findings found)
    {
        if (!found.IsHelp)
            return null;
        return reading.Type.TryInteger(out var value) && supportTypes.TryGetValue(value, out found.TypeId)
            ? null
            : Reason.InvalidType;
    }

    private static Reason? Contradictory(scoped in Reading reading, in Findings found) =>
        !found.IsHelp && !reading.Type.IsMissing ? Reason.Contradictory : null;

    private Reason? InvalidAt(scoped in Reading reading, ref Findings found) =>
        TryInstant(reading.At, out found.UtcTicks) ? null : Reason.InvalidAt;

    private Reason? UnknownSite(ref Findings found) =>
        exhibitions.TryGetValue(found.Site, out found.ExhibitionId) ? null : Reason.UnknownSite;

    private Reason? Future(in Findings found) => found.UtcTicks > latest ? Reason.Future : null;

    private Reason? Past(in Findings found) => found.UtcTicks < rules.Past.UtcTicks ? Reason.Past : null;

    private Reason? OutOfHours(in Findings found)
    {
        if (!rules.OpeningHours)
            return null;
        var time = wall.TimeOfDay(found.UtcTicks);
        return time < vocabulary.Museum.Opens.Ticks || time > vocabulary.Museum.Closes.Ticks ? Reason.OutOfHours : null;
    }

    private static bool IsHelp(scoped in Reading reading) => reading.Val.TryInteger(out var value) && value == Help;

    /// <summary>A site's number; -1 for a whole number too large to be any exhibition's.</summary>
    private static bool TrySite(scoped Field site, out long number)
    {
        number = -1;
        if (site.Kind is FieldKind.Text or FieldKind.Bare && NumberText.IsCanonicalDigits(site.Bytes))
        {
            if (site.Bytes.Length > 18)
                return true;
            number = 0;
            foreach (var digit in site.Bytes)
                number = (number * 10) + (digit - '0');
            return true;
        }

        if (site.Kind is not (FieldKind.Number or FieldKind.Bare))
            return false;
        var kind = NumberText.Read(site.Bytes, out var value);
        if (kind is NumberKind.Whole)
            number = value;
        return (kind is NumberKind.Whole && value >= 0) || (kind is NumberKind.LargeWhole && site.Bytes[0] != '-');
    }

    private bool TryInstant(scoped Field at, out long utcTicks)
    {
        utcTicks = 0;
        if (at.Kind is not (FieldKind.Text or FieldKind.Bare) || !KioskTime.TryParse(at.Bytes, out var time))
            return false;
        if (!time.HasOffset)
            return !rules.OffsetRequired && wall.TryToUtc(time.Ticks, out utcTicks);
        utcTicks = time.Ticks - (time.OffsetMinutes * TimeSpan.TicksPerMinute);
        return (ulong)utcTicks <= (ulong)DateTime.MaxValue.Ticks;
    }

    /// <summary>The refusal to keep: with a text for people, and everything that can be read of a possible call for
    /// help.</summary>
    /// <param name="reading">The fields as far as they could be parsed.</param>
    /// <param name="refusal">Source, position, reason and raw bytes are set; the detail too if parsing failed.</param>
    public Refusal Explain(scoped in Reading reading, Refusal refusal)
    {
        var explained = refusal with
        {
            Detail = refusal.Detail.Length > 0 ? refusal.Detail : Detail(refusal.Reason, reading),
        };
        if (refusal.Reason is Reason.RepeatedHeader)
            return explained;
        var wrapped = default(Reading);
        var help = IsPossibleHelp(reading) || helpScan.TryFind(refusal.Raw, out wrapped);
        var site = reading.Site.IsMissing ? wrapped.Site : reading.Site;
        var kind = reading.Type.IsMissing ? wrapped.Type : reading.Type;
        var at = reading.At.IsMissing ? wrapped.At : reading.At;
        return explained with
        {
            PossibleHelp = help,
            Site = site.Kind is FieldKind.Text or FieldKind.Bare or FieldKind.Number ? Show(site, 40) : null,
            ExhibitionId =
                TrySite(site, out var number) && exhibitions.TryGetValue(number, out var place) ? place : null,
            SupportTypeId =
                kind.TryIntegerOrText(out var type) && supportTypes.TryGetValue(type, out var id) ? id : null,
            At = TryInstant(at, out var utcTicks) ? StoredInstants.Storable(utcTicks) : null,
        };
    }

    private bool IsPossibleHelp(scoped in Reading reading) =>
        (reading.Val.TryIntegerOrText(out var value) && value == Help)
        || (reading.Type.TryIntegerOrText(out var type) && helpScan.IsKind(type));

    private string Detail(Reason reason, scoped in Reading reading) =>
        reason switch
        {
            Reason.MissingAt => "found no at, expected the time of the press",
            Reason.MissingVal => $"found no val, expected {RatingValues()} or {Help}",
            Reason.MissingType => $"found a help press without type, expected {SupportValues()}",
            Reason.MissingSite => "found no site, expected an exhibition's number",
            Reason.InvalidVal => $"found val {Show(reading.Val)}, expected {RatingValues()} or {Help}",
            Reason.InvalidSite => $"found site {Show(reading.Site)}, expected an exhibition's number in plain digits",
            Reason.InvalidType => $"found type {Show(reading.Type)} with a help press, expected {SupportValues()}",
            Reason.Contradictory => $"found type {Show(reading.Type)} with a rating, expected none",
            Reason.InvalidAt => $"found at {Show(reading.At)}, expected "
                + $"{(rules.OffsetRequired ? "an ISO 8601 time with its offset" : "a time that exists, as yyyy-MM-dd HH:mm:ss")}",
            Reason.UnknownSite => $"found site {Show(reading.Site)}, expected one of the exhibitions known: "
                + $"{string.Join(", ", vocabulary.Exhibitions.Select(e => e.Site))}",
            Reason.Future => $"found at {Show(reading.At)}, expected a time no later than "
                + $"{new DateTime(latest, DateTimeKind.Utc):yyyy-MM-ddTHH:mm:ssZ}",
            Reason.Past => $"found at {Show(reading.At)}, expected a time no earlier than "
                + $"{rules.Past.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
            Reason.OutOfHours => $"found at {Show(reading.At)}, expected a time within "
                + $"{vocabulary.Museum.Opens:HH:mm}–{vocabulary.Museum.Closes:HH:mm} {vocabulary.Museum.TimeZone}",
            _ => reason.Code(),
        };

    private string RatingValues() => string.Join(", ", ratingTypes.Keys.Order());

    private string SupportValues() => string.Join(" or ", supportTypes.Keys.Order());

    private static string Show(scoped Field field, int most = 80)
    {
        var cut = field.Bytes.Length > most;
        var text = Encoding.UTF8.GetString(cut ? field.Bytes[..most] : field.Bytes).Replace('\0', '\uFFFD');
        return field.Kind switch
        {
            FieldKind.Text when most > 40 => $"\"{text}{(cut ? "…" : "")}\"",
            FieldKind.Other => "true, false, an object or an array",
            FieldKind.Absent or FieldKind.Null => "nothing",
            _ => cut ? text + "…" : text,
        };
    }

    private struct Findings
    {
        public bool IsHelp;
        public short TypeId;
        public long Site;
        public int ExhibitionId;
        public long UtcTicks;
    }
}
