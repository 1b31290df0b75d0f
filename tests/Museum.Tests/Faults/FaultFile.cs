using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Faults;

/// <summary>One history file of the fault bucket, written record by record with the expected results. Lines are counted
/// here independently of the product: CR, LF and CRLF each end one.</summary>
internal sealed class FaultFile(string name)
{
    public const string Header = "at,site,val,type";
    public const string GoodRating = "2023-03-06 10:00:00,3,4,";
    public const string GoodSupport = "2023-03-06 10:30:00,2,-1,0.0";

    private readonly List<byte> _content = [];
    private readonly List<Expected> _records = [];
    private long _line = 1;
    private bool _afterCarriageReturn;
    private string _lineEnd = "\n";

    /// <summary>The subject of the case.</summary>
    public string Name { get; } = name;

    public byte[] Content => [.. _content];

    public IReadOnlyList<Expected> Records => _records;

    /// <summary>A file that starts with the usual header.</summary>
    public static FaultFile WithHeader(string name, string header = Header) => new FaultFile(name).Plain(header);

    /// <summary>The line end from here on.</summary>
    public FaultFile LineEnd(string lineEnd)
    {
        _lineEnd = lineEnd;
        return this;
    }

    /// <summary>Bytes that are not a record and do not end a line: a BOM.</summary>
    public FaultFile Bytes(params byte[] bytes)
    {
        Append(bytes);
        return this;
    }

    /// <summary>A line that is not a record: a header, or a blank line.</summary>
    public FaultFile Plain(string line)
    {
        Append(Encoding.UTF8.GetBytes(line + _lineEnd));
        return this;
    }

    public FaultFile Rating(string row = GoodRating) => Record(row, Expected.Rating);

    /// <summary>A rating that must be stored with this instant.</summary>
    public FaultFile RatingAt(string at, string instant) => Record($"{at},3,4,", Expected.Rating.StoredAt(instant));

    public FaultFile Support(string row = GoodSupport) => Record(row, Expected.Support);

    public FaultFile Refused(Reason reason, string row, bool help = false) =>
        Record(row, Expected.Refused(reason, help));

    public FaultFile Refused(Reason reason, byte[] row, bool help = false) =>
        Record(row, Expected.Refused(reason, help));

    /// <summary>Rows that are all refused for one reason, with a good one after each.</summary>
    public FaultFile EachRefused(Reason reason, bool help, params string[] rows)
    {
        foreach (var row in rows)
            Refused(reason, row, help).Rating();
        return this;
    }

    public FaultFile EachRating(params string[] rows)
    {
        foreach (var row in rows)
            Rating(row);
        return this;
    }

    public FaultFile EachSupport(params string[] rows)
    {
        foreach (var row in rows)
            Support(row);
        return this;
    }

    public FaultFile Record(string row, Expected expected) => Record(Encoding.UTF8.GetBytes(row), expected);

    public FaultFile Record(byte[] row, Expected expected)
    {
        _records.Add(expected with { Line = _line });
        Append([.. row, .. Encoding.UTF8.GetBytes(_lineEnd)]);
        return this;
    }

    private void Append(byte[] bytes)
    {
        _content.AddRange(bytes);
        foreach (var b in bytes)
        {
            if (b == '\r' || (b == '\n' && !_afterCarriageReturn))
                _line++;
            _afterCarriageReturn = b == '\r';
        }
    }
}
