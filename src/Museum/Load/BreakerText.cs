using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>The usual cause if one reason refuses nearly everything.</summary>
internal static class BreakerText
{
    public static string Of(Reason reason, string place) =>
        $"nearly everything in {place} is refused, most of it as {reason.Code()}: {Meaning(reason)}. Stopped; the "
        + "refused records are in quarantine (museum quarantine list). Fix the cause, run museum quarantine replay, "
        + "and run the same command again: it continues from here.";

    private static string Meaning(Reason reason) =>
        reason switch
        {
            Reason.UnknownSite =>
                "the exhibitions are not in the database yet (museum load brings them from the bucket), or these are "
                    + "another museum's records",
            Reason.InvalidJson or Reason.InvalidEncoding or Reason.Empty or Reason.TooLarge =>
                "these are not the kiosks' records, or whatever writes them changed its format",
            Reason.InvalidRow => "the rows do not have the columns of the header",
            Reason.OutOfHours =>
                "the museum's hours or time zone are not as set (museum museums list), or somebody plays an old "
                    + "recording",
            Reason.InvalidAt or Reason.MissingAt =>
                "the times are not written as expected: ISO 8601, in a stream with an offset",
            Reason.Past => "the kiosks' clocks have lost their time, or MUSEUM_PAST is later than the presses",
            Reason.Future => "this machine's clock is slow, or the kiosks' clocks are fast",
            Reason.InvalidVal
            or Reason.InvalidType
            or Reason.Contradictory
            or Reason.MissingVal
            or Reason.MissingType => "the kiosks' buttons are not those in rating_type and support_type",
            Reason.InvalidSite or Reason.MissingSite => "exhibitions are not named by their numbers",
            Reason.RefusedByDatabase => "a constraint, index or trigger in the database refuses what the rules allow",
            _ => "whatever writes these records changed what it writes",
        };
}
