using MuseumPipeline.Model;
using static MuseumPipeline.Tests.Faults.FaultFile;

namespace MuseumPipeline.Tests.Faults;

/// <summary>Faults of <c>at</c> in history: local time of Europe/London unless an offset says otherwise.</summary>
internal static class TimeFaults
{
    /// <summary>Invalid times in history, whatever the rest of the row.</summary>
    private static readonly string[] NoTimes =
    [
        "2023-03-06 24:00:00",
        "2023-03-06 23:59:60",
        "2023-03-06 10:60:00",
        "2023-03-06 25:00:00",
        "2023-02-29 10:00:00",
        "2023-02-31 10:00:00",
        "2023-04-31 10:00:00",
        "2023-13-01 10:00:00",
        "2023-00-10 10:00:00",
        "2023-03-00 10:00:00",
        "0000-03-06 10:00:00",
        "10000-03-06 10:00:00",
        "-2023-03-06 10:00:00",
        "2023-03-06 10:00:00.",
        "2023-03-06 10:00:00.12345678",
        "2023-03-06 10:00:00.123456789",
        "2023-03-06 10:00:00.000000001",
        "\"2023-03-06 10:00:00,5\"",
        "2023-03-06 10:00",
        "2023-03-06",
        "10:00:00",
        "2023-3-6 10:00:00",
        "2023-03-06 9:00:00",
        "2023-03-06  10:00:00",
        "2023/03/06 10:00:00",
        "06/03/2023 10:00:00",
        "20230306T100000Z",
        "2023-03-06t10:00:00",
        "2023-03-06T10:00:00z",
        "2023-03-06_10:00:00",
        "2023-03-06 10:00:00 Z",
        "2023-03-06 10:00:00 +00:00",
        "2023-03-06 10:00:00+1:00",
        "2023-03-06 10:00:00+01:60",
        "2023-03-06 10:00:00+01:00:00",
        "2023-03-06 10:00:00+14:01",
        "2023-03-06 10:00:00-14:30",
        "2023-03-06 10:00:00+15:00",
        "2023-03-06 10:00:00+24:00",
        "2023-03-06 10:00:00 BST",
        "2023-03-06 10:00:00 AM",
        "1678096800",
        "1678096800000",
        "1678096800.5",
        "44991.4166",
        "yesterday",
        "now",
        "NaT",
        "None",
        "null",
        " 2023-03-06 10:00:00",
        "2023-03-06 10:00:00 ",
        "٢٠٢٣-٠٣-٠٦ ١٠:٠٠:٠٠",
        "2023-03-06 10:00:00\t",
        "2023-W10-1 10:00:00",
        "2023-065 10:00:00",
        "=NOW()",
        // The instant of the first lies in the year 0, that of the second in the year 10000.
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ];

    public static IEnumerable<FaultFile> Files()
    {
        yield return WithHeader("at that is no time")
            .EachRefused(Reason.InvalidAt, false, [.. NoTimes.Select(at => $"{at},3,4,")])
            .Refused(Reason.InvalidAt, "yesterday,2,-1,1", help: true)
            .Rating();
        yield return WithHeader("at in the spellings that are one")
            .RatingAt("2023-03-06 10:00:00", "2023-03-06T10:00:00Z")
            .RatingAt("2023-03-06T10:00:00", "2023-03-06T10:00:00Z")
            .RatingAt("2023-07-03 10:00:00", "2023-07-03T09:00:00Z")
            .RatingAt("2023-03-06 10:00:00.5", "2023-03-06T10:00:00.5Z")
            .RatingAt("2023-03-06 10:00:00.000001", "2023-03-06T10:00:00.000001Z")
            .RatingAt("2023-03-06 10:00:00.1234560", "2023-03-06T10:00:00.123456Z")
            .RatingAt("\"2023-03-06 10:00:00\"", "2023-03-06T10:00:00Z")
            .RatingAt("2024-02-29 10:00:00", "2024-02-29T10:00:00Z")
            .RatingAt("2023-03-06 00:00:00", "2023-03-06T00:00:00Z")
            .RatingAt("2023-03-06 23:59:59.999999", "2023-03-06T23:59:59.999999Z");
        yield return WithHeader("at with an offset")
            .RatingAt("2023-07-03 10:00:00Z", "2023-07-03T10:00:00Z")
            .RatingAt("2023-07-03T10:00:00+01:00", "2023-07-03T09:00:00Z")
            .RatingAt("2023-07-03 10:00:00.25-05:30", "2023-07-03T15:30:00.25Z")
            .RatingAt("2023-07-03 10:00:00+00:00", "2023-07-03T10:00:00Z")
            .RatingAt("2023-07-03 10:00:00+0100", "2023-07-03T09:00:00Z")
            .RatingAt("2023-07-03 10:00:00-05", "2023-07-03T15:00:00Z")
            .RatingAt("2023-07-03 10:00:00+14:00", "2023-07-02T20:00:00Z")
            .RatingAt("2023-07-03 10:00:00-14:00", "2023-07-04T00:00:00Z")
            .RatingAt("2023-03-26 01:30:00Z", "2023-03-26T01:30:00Z")
            .RatingAt("2023-10-29 01:30:00+00:00", "2023-10-29T01:30:00Z");
        yield return WithHeader("the hour that daylight saving skips")
            .RatingAt("2023-03-26 00:59:59", "2023-03-26T00:59:59Z")
            .Refused(Reason.InvalidAt, "2023-03-26 01:00:00,3,4,")
            .Refused(Reason.InvalidAt, "2023-03-26 01:30:00,3,4,")
            .Refused(Reason.InvalidAt, "2023-03-26T01:59:59.999999,3,4,")
            .Refused(Reason.InvalidAt, "2023-03-26 01:30:00,2,-1,0", help: true)
            .RatingAt("2023-03-26 02:00:00", "2023-03-26T01:00:00Z")
            .RatingAt("2024-03-30 01:30:00", "2024-03-30T01:30:00Z");
        yield return WithHeader("the hour that daylight saving doubles: the first of the two")
            .RatingAt("2023-10-29 00:59:59", "2023-10-28T23:59:59Z")
            .RatingAt("2023-10-29 01:00:00", "2023-10-29T00:00:00Z")
            .RatingAt("2023-10-29 01:30:00", "2023-10-29T00:30:00Z")
            .RatingAt("2023-10-29 01:59:59.999999", "2023-10-29T00:59:59.999999Z")
            .RatingAt("2023-10-29 02:00:00", "2023-10-29T02:00:00Z");
        yield return WithHeader("at before there were kiosks")
            .Refused(Reason.Past, "1970-01-01 00:00:00,3,4,")
            .Refused(Reason.Past, "0001-01-01 00:00:00Z,2,-1,1", help: true)
            .RatingAt("2010-01-01 00:00:00", "2010-01-01T00:00:00Z")
            .Refused(Reason.Past, "2009-12-31 23:59:59.999999,3,4,");
        yield return WithHeader("at in the future")
            .Rating()
            .Refused(Reason.Future, "2996-03-06 10:00:00,3,4,")
            .Refused(Reason.Future, "9999-12-31 23:59:59,3,4,")
            .Rating()
            .Refused(Reason.Future, "2996-03-06 10:00:00,2,-1,1", help: true)
            .Support();
        yield return OutOfHours();
    }

    /// <summary>History accepts these by default; with the rule on, 08:45:00 and 18:15:00 exactly, by the museum's
    /// clock, are the bounds.</summary>
    private static FaultFile OutOfHours() =>
        WithHeader("out of hours, which history admits")
            .Record("2023-03-06 08:44:59.999999,3,4,", Expected.Rating with { OutOfHours = true })
            .RatingAt("2023-03-06 08:45:00", "2023-03-06T08:45:00Z")
            .RatingAt("2023-03-06 18:15:00", "2023-03-06T18:15:00Z")
            .Record("2023-03-06 18:15:00.000001,3,4,", Expected.Rating with { OutOfHours = true })
            .Record("2023-03-06 03:00:00,2,-1,1", Expected.Support with { OutOfHours = true })
            .RatingAt("2023-07-03 07:50:00Z", "2023-07-03T07:50:00Z")
            .Record(
                "2023-07-03 18:00:00Z,3,4,",
                Expected.Rating.StoredAt("2023-07-03T18:00:00Z") with
                {
                    OutOfHours = true,
                }
            )
            .Record(
                "2023-07-03 07:50:00,3,4,",
                Expected.Rating.StoredAt("2023-07-03T06:50:00Z") with
                {
                    OutOfHours = true,
                }
            )
            .RatingAt("2023-07-03 18:00:00", "2023-07-03T17:00:00Z");
}
