namespace MuseumPipeline.Model;

/// <summary>Explains each reason to somebody who runs a museum.</summary>
internal static class ReasonMeanings
{
    public static string Of(Reason reason) =>
        reason switch
        {
            Reason.Empty => "an empty record",
            Reason.TooLarge => "longer than any kiosk's record (over 64 KiB)",
            Reason.InvalidEncoding => "not readable as text",
            Reason.InvalidJson => "not a kiosk message",
            Reason.InvalidRow => "a row with too few or too many fields, or a broken quote",
            Reason.RepeatedHeader => "the header again, from a file that was put behind another",
            Reason.MissingAt => "no time",
            Reason.MissingVal => "no button",
            Reason.MissingType => "help pressed, but which help is missing",
            Reason.MissingSite => "no exhibition",
            Reason.InvalidVal => "a button that no kiosk has",
            Reason.InvalidSite => "the exhibition's number is not a number",
            Reason.InvalidType => "help pressed, but which help is unreadable",
            Reason.Contradictory => "a rating and a call for help at once",
            Reason.InvalidAt => "a time that does not exist or cannot be read",
            Reason.UnknownSite =>
                "no such exhibition yet: load its file, then museum quarantine replay --reason unknown_site",
            Reason.Future => "from the future: a clock is wrong",
            Reason.Past => "from before there were kiosks: a clock has lost its time",
            Reason.OutOfHours => "pressed while the museum was closed",
            Reason.RefusedByDatabase => "the database refused the row",
            _ => "unknown",
        };

    /// <summary>The same for a stored code; a code of a newer version is shown as it is.</summary>
    public static string Of(string code) => Reasons.Parse(code) is { } reason ? Of(reason) : code;
}
