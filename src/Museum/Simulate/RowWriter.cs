using System.Buffers;

namespace MuseumPipeline.Simulate;

/// <summary>Writes history rows as bytes, through one buffer, to one file after another.</summary>
internal sealed class RowWriter(string directory) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _rows = new(1 << 20);
    private readonly byte[] _day = "yyyy-MM-dd "u8.ToArray();
    private FileStream? _file;

    /// <summary>Rows written so far, over all files.</summary>
    public long Bytes { get; private set; }

    public void StartObject(int number)
    {
        Finish();
        _file = new FileStream(
            Path.Combine(directory, $"lmnh_hist_data_{number}.csv"),
            FileMode.Create,
            FileAccess.Write,
            FileShare.Read,
            0
        );
        _rows.Write("at,site,val,type\n"u8);
    }

    public void StartDay(DateOnly day)
    {
        Digits(_day.AsSpan(0, 4), day.Year);
        Digits(_day.AsSpan(5, 2), day.Month);
        Digits(_day.AsSpan(8, 2), day.Day);
    }

    /// <summary><c>2023-03-06 15:09:21,4,0,</c> or, for help, <c>…,4,-1,0.0</c>.</summary>
    public void Sound(Press press)
    {
        var row = _rows.GetSpan(32);
        _day.CopyTo(row);
        Digits(row.Slice(11, 2), press.Second / 3600);
        row[13] = (byte)':';
        Digits(row.Slice(14, 2), press.Second / 60 % 60);
        row[16] = (byte)':';
        Digits(row.Slice(17, 2), press.Second % 60);
        row[19] = (byte)',';
        row[20] = (byte)('0' + press.Site);
        row[21] = (byte)',';
        row[22] = (byte)('0' + press.Value);
        var tail = press switch
        {
            { IsHelp: false } => ",\n"u8,
            { Emergency: true } => "-1,1.0\n"u8,
            _ => "-1,0.0\n"u8,
        };
        var length = press.IsHelp ? 22 : 23;
        tail.CopyTo(row[length..]);
        _rows.Advance(length + tail.Length);
        if (_rows.WrittenCount > (1 << 20) - (1 << 10))
            Flush();
    }

    /// <summary>A row as given, without its line end.</summary>
    public void Raw(ReadOnlySpan<byte> row)
    {
        _rows.Write(row);
        _rows.Write("\n"u8);
    }

    public void Finish()
    {
        Flush();
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => _file?.Dispose();

    private void Flush()
    {
        _file?.Write(_rows.WrittenSpan);
        Bytes += _rows.WrittenCount;
        _rows.ResetWrittenCount();
    }

    private static void Digits(Span<byte> to, int number)
    {
        for (var place = to.Length - 1; place >= 0; place--, number /= 10)
            to[place] = (byte)('0' + (number % 10));
    }
}
