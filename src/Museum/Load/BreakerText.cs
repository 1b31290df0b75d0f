using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>What it usually means when one reason refuses nearly everything.</summary>
internal static class BreakerText
{
    public static string Of(Reason? reason, string topic) =>
        $"nearly everything on {topic} is refused, most of it as {reason?.Code() ?? "unknown"}: "
        + $"{Meaning(reason)}. Stopped; the refused messages are in quarantine "
        + "(museum quarantine list). Mend the cause, museum quarantine replay, and consume again.";

    private static string Meaning(Reason? reason) =>
        reason switch
        {
            Reason.UnknownSite =>
                "the exhibitions are not in the database yet (museum load brings them from the bucket), or this "
                    + "is another museum's topic",
            Reason.InvalidJson or Reason.InvalidEncoding or Reason.Empty or Reason.TooLarge =>
                "this is not the kiosks' topic, or its producer changed its format",
            Reason.OutOfHours =>
                "the museum's hours or time zone are not as set (museum museums list), or somebody plays an old "
                    + "recording",
            Reason.InvalidAt or Reason.MissingAt =>
                "the producer changed how it writes times: they must be ISO 8601 with an offset",
            Reason.Future => "this machine's clock is slow, or the kiosks' clocks are fast",
            Reason.InvalidVal
            or Reason.InvalidType
            or Reason.Contradictory
            or Reason.MissingVal
            or Reason.MissingType => "the kiosks' buttons are not those in rating_type and support_type",
            Reason.InvalidSite or Reason.MissingSite => "the producer changed how it names exhibitions",
            Reason.RefusedByDatabase => "a constraint in the database refuses what the rules allow",
            _ => "the producer changed what it sends",
        };
}
