using MuseumPipeline.Model;
using static MuseumPipeline.Tests.Faults.FaultFile;

namespace MuseumPipeline.Tests.Faults;

/// <summary>Faults of <c>site</c>, <c>val</c> and <c>type</c>, what is absent, and the order of the reasons.</summary>
internal static class FieldFaults
{
    /// <summary>Texts that are not a valid integer, for whatever reason.</summary>
    private static readonly string[] NoValue =
    [
        "5",
        "6",
        "-2",
        "3.7",
        "\"1,000\"",
        "(5)",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1e400",
        "0x10",
        "+3",
        " 3",
        "3 ",
        "03",
        "-01",
        ".5",
        "3.",
        "--1",
        "٣",
        "３",
        "1_000",
        "99999999999999999999",
        "9007199254740993",
        "true",
        "null",
        "None",
        "4.00000000000000000001",
        "1e-400",
        "3e",
        "1e",
        "- 1",
        "=cmd|'/C calc'!A0",
        "@SUM(1)",
        "<img src=x onerror=alert(1)>",
        "\u202E3",
        "\u001b[31m3",
        "\"3\n\"",
        "4;",
        "'4'",
    ];

    public static IEnumerable<FaultFile> Files()
    {
        yield return WithHeader("val that is no value")
            .EachRefused(Reason.InvalidVal, false, [.. NoValue.Select(v => $"2023-03-06 10:00:00,3,{v},")]);
        yield return WithHeader("val in every spelling of a number")
            .EachRating([
                .. Values(
                    "0",
                    "1",
                    "2",
                    "3",
                    "4",
                    "3.0",
                    "-0",
                    "-0.0",
                    "0.000",
                    "4.00",
                    "1e0",
                    "0.4e1",
                    "30e-1",
                    "1E+0",
                    "40E-1",
                    "\"2\""
                ),
            ])
            .EachSupport(
                "2023-03-06 10:00:00,2,-1,0",
                "2023-03-06 10:00:00,2,-1.0,0",
                "2023-03-06 10:00:00,2,-1e0,0",
                "2023-03-06 10:00:00,2,-10e-1,1"
            );
        yield return WithHeader("type in every spelling of a number")
            .EachSupport([.. Types("0", "1", "0.0", "1.0", "-0.0", "1e0", "0.1e1", "\"1.0\"")])
            .EachRefused(
                Reason.InvalidType,
                true,
                [
                    .. Types(
                        "2",
                        "-1",
                        "0.5",
                        "01",
                        " 1",
                        "1 ",
                        "+1",
                        "NaN",
                        "nan",
                        "None",
                        "ERR",
                        "true",
                        "1e400",
                        "٠",
                        "0x1",
                        "1.00000000000000000001",
                        "99999999999999999999"
                    ),
                ]
            )
            .Refused(Reason.MissingType, "2023-03-06 10:00:00,2,-1,", help: true)
            .Refused(Reason.MissingType, "2023-03-06 10:00:00,2,-1,\"\"", help: true)
            .Rating();
        yield return WithHeader("a rating with a type")
            .Rating()
            .Refused(Reason.Contradictory, "2023-03-06 10:00:00,3,4,0", help: true)
            .Refused(Reason.Contradictory, "2023-03-06 10:00:00,3,0,1.0", help: true)
            .Refused(Reason.Contradictory, "2023-03-06 10:00:00,3,4,2")
            .Refused(Reason.Contradictory, "2023-03-06 10:00:00,3,4,ERR")
            .Support();
        yield return WithHeader("no value, but the type of a call for help")
            .Rating()
            .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,3,6,0", help: true)
            .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,3,ERR,1.0", help: true)
            .Refused(Reason.MissingVal, "2023-03-06 10:00:00,3,,1", help: true)
            .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,3,6,2")
            .Support();
        yield return WithHeader("site that is none")
            .EachRefused(
                Reason.InvalidSite,
                false,
                [
                    .. Sites(
                        "INF",
                        "None",
                        "ERR",
                        "nan",
                        "03",
                        "00",
                        "007",
                        "\" 3 \"",
                        " 3",
                        "3 ",
                        "-1",
                        "+3",
                        "1.5",
                        "٣",
                        "３",
                        "EXH_03",
                        "0x3",
                        "\"1,000\"",
                        "3;",
                        "true",
                        "=3"
                    ),
                ]
            )
            .Refused(Reason.InvalidSite, "2023-03-06 10:00:00,INF,-1,1", help: true)
            .Rating();
        yield return WithHeader("site in the spellings that are one")
            .EachRating([.. Sites("0", "1", "2", "3", "3.0", "0.0", "\"3\"")]);
        yield return WithHeader("site that no exhibition stands for, yet")
            .EachRefused(
                Reason.UnknownSite,
                false,
                [.. Sites("5", "12", "4294967299", "9223372036854775807", "99999999999999999999", "999.0")]
            )
            .Refused(Reason.UnknownSite, "2023-03-06 10:00:00,5,-1,1", help: true)
            .Rating();
        yield return WithHeader("site 4, whose exhibition comes later")
            .Refused(Reason.UnknownSite, "2023-03-06 10:00:00,4,4,")
            .Rating()
            .Refused(Reason.UnknownSite, "2023-03-06 10:00:01,4,0,")
            .Refused(Reason.UnknownSite, "2023-03-06 10:00:02,4,-1,1", help: true)
            .Rating();
        yield return WithHeader("fields that are absent")
            .Rating()
            .Refused(Reason.MissingAt, ",3,4,")
            .Refused(Reason.MissingVal, "2023-03-06 10:00:00,3,,")
            .Support()
            .Refused(Reason.MissingSite, "2023-03-06 10:00:00,,4,")
            .Refused(Reason.MissingAt, "\"\",3,4,")
            .Rating()
            .Refused(Reason.MissingAt, ",2,-1,1", help: true)
            .Refused(Reason.MissingSite, "2023-03-06 10:00:00,,-1,0", help: true)
            .Rating();
        yield return Order();
        yield return WithHeader("exact doubles, which all belong").Rating().Rating().Rating().Support().Support();
    }

    /// <summary>Two things wrong at a time, neighbours in the order of the reasons: the first one is the
    /// reason.</summary>
    private static FaultFile Order() =>
        WithHeader("two things wrong: the first that applies is the reason")
            .Refused(Reason.InvalidEncoding, FaultBucket.Mix("2023-03-06 10:00:00,3,4", [0xFF]))
            .Rating()
            .Refused(Reason.InvalidRow, ",,")
            .Rating()
            .Refused(Reason.MissingAt, ",3,,")
            .Rating()
            .Refused(Reason.MissingVal, "2023-03-06 10:00:00,,,")
            .Rating()
            .Refused(Reason.MissingType, "2023-03-06 10:00:00,,-1,", help: true)
            .Rating()
            .Refused(Reason.MissingSite, "2023-03-06 10:00:00,,9,")
            .Rating()
            .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,INF,9,")
            .Rating()
            .Refused(Reason.InvalidSite, "2023-03-06 10:00:00,INF,-1,9", help: true)
            .Rating()
            .Refused(Reason.InvalidSite, "2023-03-06 10:00:00,INF,4,1", help: true)
            .Rating()
            .Refused(Reason.InvalidType, "yesterday,3,-1,9", help: true)
            .Rating()
            .Refused(Reason.Contradictory, "yesterday,3,4,9")
            .Rating()
            .Refused(Reason.InvalidAt, "yesterday,99,4,")
            .Rating()
            .Refused(Reason.UnknownSite, "2996-03-06 10:00:00,99,4,")
            .Rating()
            .Refused(Reason.Future, "2996-03-06 03:00:00,3,4,")
            .Rating();

    private static IEnumerable<string> Values(params string[] values) =>
        values.Select(v => $"2023-03-06 10:00:00,3,{v},");

    private static IEnumerable<string> Types(params string[] types) =>
        types.Select(t => $"2023-03-06 10:00:00,2,-1,{t}");

    private static IEnumerable<string> Sites(params string[] sites) => sites.Select(s => $"2023-03-06 10:00:00,{s},4,");
}
