using System.Text;
using MuseumPipeline.Model;
using static MuseumPipeline.Tests.Faults.FaultFile;

namespace MuseumPipeline.Tests.Faults;

/// <summary>Faults of the file: its encoding, its lines, its header, its quotes, its size.</summary>
internal static class StructureFaults
{
    private const string NoteHeader = "at,site,val,type,note";
    private static readonly byte[] Bom = [0xEF, 0xBB, 0xBF];

    public static IEnumerable<FaultFile> Files() =>
        [.. Encodings(), .. Lines(), .. Headers(), .. Quotes(), .. Sizes(), .. Ragged()];

    private static IEnumerable<FaultFile> Encodings()
    {
        yield return new FaultFile("a byte order mark").Bytes(Bom).Plain(Header).Rating().Support();
        yield return new FaultFile("two byte order marks").Bytes(Bom).Bytes(Bom).Plain(Header).Rating().Support();
        yield return WithHeader("two files pasted together, the second with its byte order mark")
            .Rating()
            .Refused(Reason.RepeatedHeader, "\uFEFFat,site,val,type")
            .Rating()
            .Refused(Reason.InvalidAt, "\uFEFF2023-03-06 10:00:00,3,4,")
            .Rating();
        // Cut at the 0A bytes, as every reader of lines does: the last line of the little-endian file is the 00 that
        // follows the last 0A.
        yield return new FaultFile("UTF-16, little end first, with its byte order mark")
            .LineEnd("")
            .Refused(Reason.InvalidEncoding, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Header), (byte)'\n'])
            .Refused(Reason.InvalidEncoding, [0x00, .. Encoding.Unicode.GetBytes(GoodRating), (byte)'\n'])
            .Refused(Reason.InvalidEncoding, [0x00]);
        yield return new FaultFile("UTF-16, big end first, with its byte order mark")
            .LineEnd("")
            .Refused(Reason.InvalidEncoding, [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Header + "\n")])
            .Refused(Reason.InvalidEncoding, Encoding.BigEndianUnicode.GetBytes(GoodRating + "\n"));
        yield return WithHeader("NUL in a row")
            .Rating()
            .Refused(Reason.InvalidEncoding, "2023-03-06 10:00:00,3,4\0,")
            .Rating()
            .Refused(Reason.InvalidEncoding, "2023-03-06 10:00:00,2,-1,\0", help: true)
            .Rating();
        yield return NotUtf8();
    }

    private static FaultFile NotUtf8()
    {
        const string Before = "2023-03-06 10:00:00,3,4,,";
        var file = WithHeader("bytes that are not UTF-8, in a column nobody reads", NoteHeader)
            .Rating(Before + "Größe 🦕 ٣")
            .Rating(Before + "\u202Ereversed")
            .Rating(Before + "\u001b[31mred");
        byte[][] wrong =
        [
            [0xFF],
            [0xFE],
            [0x80],
            [0xC3],
            [(byte)'G', (byte)'r', 0xF6], // a stray byte, a lone continuation, a cut sequence, Latin-1
            [0xC0, 0xAF],
            [0xE0, 0x80, 0xAF], // more bytes than the character needs
            [0xED, 0xA0, 0x80], // half a surrogate pair
            [0xF4, 0x90, 0x80, 0x80],
            [0xE2, 0x82], // beyond the last character; two thirds of one
        ];
        foreach (var bytes in wrong)
            file.Refused(Reason.InvalidEncoding, FaultBucket.Mix(Before, bytes)).Rating(Before);
        return file.Refused(Reason.InvalidEncoding, FaultBucket.Mix("2023-03-06 10:00:00,2,-1,1,", [0xFF]), help: true)
            .Rating(Before);
    }

    private static IEnumerable<FaultFile> Lines()
    {
        foreach (var (name, end) in new[] { ("LF", "\n"), ("CRLF", "\r\n"), ("CR", "\r") })
        {
            yield return new FaultFile($"lines that end in {name}")
                .LineEnd(end)
                .Plain(Header)
                .Rating()
                .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,3,9,")
                .Support()
                .Rating();
        }
        yield return new FaultFile("CR, LF and CRLF mixed")
            .LineEnd("\r\n")
            .Plain(Header)
            .LineEnd("\r")
            .Rating()
            .Refused(Reason.MissingAt, ",3,4,")
            .LineEnd("\n")
            .Rating()
            .Refused(Reason.MissingSite, "2023-03-06 10:00:00,,4,")
            .LineEnd("\r\n")
            .Rating()
            .Refused(Reason.MissingVal, "2023-03-06 10:00:00,3,,")
            .LineEnd("\r")
            .Plain("")
            .LineEnd("\n")
            .Support();
        yield return WithHeader("no final newline").Rating().LineEnd("").Support();
        yield return WithHeader("no final newline after a bad row")
            .Rating()
            .LineEnd("")
            .Refused(Reason.InvalidRow, "2023-03-06 10:0");
        yield return WithHeader("blank lines")
            .Plain("")
            .Plain("")
            .Rating()
            .Plain("")
            .LineEnd("\r\n")
            .Plain("")
            .Support()
            .Plain("")
            .LineEnd("\r")
            .Plain("")
            .Plain("")
            .LineEnd("\n")
            .Refused(Reason.InvalidSite, "2023-03-06 10:00:00,x,4,")
            .Plain("")
            .Plain("");
        yield return WithHeader("lines of spaces and of commas")
            .Rating()
            .Refused(Reason.InvalidRow, " ")
            .Refused(Reason.InvalidRow, "   \t ")
            .Rating()
            .Refused(Reason.MissingAt, ",,,")
            .Refused(Reason.InvalidRow, ",,")
            .Refused(Reason.InvalidRow, ",,,,")
            .Rating();
        yield return WithHeader("header only");
        yield return new FaultFile("header only, no newline").LineEnd("").Plain(Header);
        yield return new FaultFile("empty file");
        yield return new FaultFile("nothing but a byte order mark").Bytes(Bom);
    }

    private static IEnumerable<FaultFile> Headers()
    {
        yield return WithHeader("header in capitals and another order", "TYPE,Val,SITE,At")
            .Rating(",4,3,2023-03-06 10:00:00")
            .Support("1,-1,2,2023-03-06 10:00:00")
            .Refused(Reason.InvalidSite, ",4,4x,2023-03-06 10:00:00");
        yield return WithHeader("header in quotes", "\"at\",\"site\",\"val\",\"type\"").Rating().Support();
        yield return WithHeader("columns nobody asked for", "id,at,kiosk,site,val,note,type,note")
            .Rating("1,2023-03-06 10:00:00,K1,3,4,=cmd|'/C calc'!A0,,<img src=x onerror=alert(1)>")
            .Support("2,2023-03-06 10:00:00,,2,-1,,0,")
            .Refused(Reason.InvalidRow, GoodRating)
            .Rating("3,2023-03-06 10:00:00,K1,0,0,,,");
        yield return WithHeader("our columns behind a hundred others", $"{Others(100)},at,site,val,type")
            .Rating($"{Others(100)},{GoodRating}")
            .Refused(Reason.InvalidRow, $"{Others(99)},{GoodRating}")
            .Support($"{Others(100)},2023-03-06 10:00:00,2,-1,0");
        yield return WithHeader("the header again and again, of files that were merged")
            .Rating()
            .Refused(Reason.RepeatedHeader, Header)
            .Support()
            .Refused(Reason.RepeatedHeader, " AT , Site,VAL,\"type\"")
            .Rating();
        yield return WithHeader("the header again, its columns in another order: nothing below it is understood")
            .Rating()
            .Refused(Reason.InvalidRow, "at,val,site,type")
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,2,")
            .Refused(Reason.InvalidRow, Header)
            .Refused(Reason.InvalidRow, GoodRating);
        yield return WithHeader("no column at", "site,val,type")
            .Refused(Reason.MissingAt, "3,4,")
            .Refused(Reason.MissingAt, "2,-1,1", help: true)
            .Refused(Reason.InvalidRow, GoodRating);
        yield return WithHeader("no column val", "at,site,type")
            .Refused(Reason.MissingVal, "2023-03-06 10:00:00,3,")
            .Refused(Reason.MissingVal, "2023-03-06 10:00:00,2,1.0", help: true);
        yield return WithHeader("no column site", "at,val,type")
            .Refused(Reason.MissingSite, "2023-03-06 10:00:00,4,")
            .Refused(Reason.MissingSite, "2023-03-06 10:00:00,-1,0", help: true);
        yield return WithHeader("no column type", "at,site,val")
            .Rating("2023-03-06 10:00:00,3,4")
            .Refused(Reason.MissingType, "2023-03-06 10:00:00,3,-1", help: true)
            .Rating("2023-03-06 10:00:00,0,0");
        yield return UnreadableHeader("one of the names twice", "at,site,val,type,val", "2023-03-06 10:00:00,3,4,,4");
        yield return UnreadableHeader(
            "one of the names twice in another case",
            "at,site,val,type,AT",
            "2023-03-06 10:00:00,3,4,,"
        );
        yield return UnreadableHeader("none of the names", "when,where,what,kind", GoodRating);
        yield return UnreadableHeader("no header", GoodRating, GoodRating);
        yield return UnreadableHeader("semicolons", "at;site;val;type", "2023-03-06 10:00:00;3;4;");
    }

    private static FaultFile UnreadableHeader(string name, string header, string row) =>
        new FaultFile($"header: {name}")
            .Refused(Reason.InvalidRow, header)
            .Refused(Reason.InvalidRow, row)
            .Plain("")
            .Refused(Reason.InvalidRow, row);

    private static IEnumerable<FaultFile> Quotes()
    {
        yield return WithHeader("quoted fields")
            .Rating("\"2023-03-06 10:00:00\",\"3\",\"4\",\"\"")
            .Support("2023-03-06 10:00:00,2,\"-1\",\"0.0\"")
            .Rating();
        yield return WithHeader("quoted newlines and doubled quotes", NoteHeader)
            .Rating("2023-03-06 10:00:00,3,4,,\"two\nlines\"")
            .Rating("2023-03-06 10:00:00,3,4,,\"say \"\"hi\"\",\r\nthen\rgo\n\"")
            .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,3,9,,\"three\n\nlines\"")
            .Support("2023-03-06 10:00:00,2,-1,1,\"\"\"\"")
            .Refused(Reason.InvalidAt, "\"2023-03-06\n10:00:00\",3,4,,")
            .Rating("2023-03-06 10:00:00,3,4,,");
        yield return WithHeader("a quote that is never closed", NoteHeader)
            .Rating("2023-03-06 10:00:00,3,4,,a")
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,4,,\"open")
            .Rating("2023-03-06 10:00:00,3,4,,b")
            .Support("2023-03-06 10:00:00,2,-1,0,c")
            .Refused(Reason.MissingAt, ",3,4,,d")
            .Rating("2023-03-06 10:00:00,3,4,,e");
        yield return WithHeader("a quote that is never closed, on a call for help")
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,2,-1,\"1", help: true)
            .Rating()
            .Rating();
        yield return WithHeader("a quote that is closed by the next row that has one", NoteHeader)
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,4,,\"open")
            .Rating("2023-03-06 10:00:00,3,4,,b")
            .Rating("2023-03-06 10:00:00,3,4,,\"closed\"")
            .Rating("2023-03-06 10:00:00,3,4,,d");
        var endless = WithHeader("a quote that is never closed, and more rows after it than a record may be long")
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,4,\"");
        for (var row = 0; row < 4_000; row++)
            endless.Rating();
        yield return endless.Support();
        yield return WithHeader("a quote in the last line that is never closed")
            .Rating()
            .LineEnd("")
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,\"4,");
        yield return WithHeader("text after a closing quote")
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,\"4\"x,")
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,\"4\" ,")
            .Support()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,2,-1,\"0\"x", help: true)
            .Rating();
        yield return WithHeader(
                "a quoted newline in a row with the wrong number of fields: its lines are judged one by one"
            )
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,4,,\"a")
            .Refused(Reason.InvalidRow, "b\"")
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,\"3")
            .Rating()
            .Refused(Reason.InvalidRow, "\",4")
            .Rating();
    }

    private static IEnumerable<FaultFile> Sizes()
    {
        const string Before = "2023-03-06 10:00:00,3,4,,";
        yield return WithHeader("as long as a record may be, and one byte more", NoteHeader)
            .Rating(Before + new string('x', Refusal.RecordLimit - Before.Length))
            .Rating(Before)
            .Refused(Reason.TooLarge, Before + new string('x', Refusal.RecordLimit - Before.Length + 1))
            .Rating(Before)
            .Refused(Reason.TooLarge, "2023-03-06 10:00:00,2,-1,1," + new string('x', Refusal.RecordLimit), help: true)
            .Rating(Before)
            .LineEnd("")
            .Refused(Reason.TooLarge, Before + new string('x', Refusal.RecordLimit));
        yield return WithHeader("a field of 64 MiB")
            .Rating()
            .Refused(Reason.TooLarge, "2023-03-06 10:00:00,3,4," + new string('x', 64 << 20))
            .Support();
        yield return WithHeader("a million columns")
            .Rating()
            .Refused(Reason.TooLarge, new string(',', 1_000_000))
            .Support();
        yield return WithHeader("sixty thousand columns")
            .Rating()
            .Refused(Reason.InvalidRow, new string(',', 60_000))
            .Support();
        yield return WithHeader("a number of sixty thousand digits")
            .Rating()
            .Refused(Reason.InvalidVal, "2023-03-06 10:00:00,3," + new string('1', 60_000) + ",")
            .Support();
    }

    private static string Others(int count) => string.Join(',', Enumerable.Range(0, count).Select(n => $"other{n}"));

    private static IEnumerable<FaultFile> Ragged()
    {
        yield return WithHeader("rows with too few fields or too many")
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,4")
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,3,4,,")
            .Support()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00")
            .Refused(Reason.InvalidRow, "not a row at all")
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,2,-1", help: true)
            .Rating()
            .Refused(Reason.InvalidRow, "2023-03-06 10:00:00,2,-1,1,kiosk 2", help: true)
            .Rating();
    }
}
