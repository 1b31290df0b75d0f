using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Source.Files;

/// <summary>The history files of one museum in a directory, as one CSV. Rows are copied byte for byte; only headers are
/// compared.</summary>
internal sealed class CsvParts
{
    private const int HeaderLimit = 64 * 1024;

    private readonly string directory;
    private readonly string museumPrefix;
    private readonly List<string> names;

    public CsvParts(string directory, string museumPrefix)
    {
        this.directory = new FolderBucket(directory).Location;
        this.museumPrefix = museumPrefix;
        names =
        [
            .. Directory
                .EnumerateFiles(this.directory)
                .Select(path => Path.GetFileName(path))
                .Where(name =>
                    BucketRules.IsHistory(name, "", museumPrefix) && name.EndsWith(".csv", StringComparison.Ordinal)
                )
                .OrderBy(Number)
                .ThenBy(name => name, StringComparer.Ordinal),
        ];
        if (names.Count == 0)
            throw Refused(
                this.directory,
                "found no parts",
                $"expected {museumPrefix}_hist_data_0.csv and the like; download them first"
            );
    }

    public async Task<MergeReport> MergeAsync(string? output, CancellationToken cancel)
    {
        var target = Target(output);
        try
        {
            var (rows, bytes) = await OutputFile.WriteAsync(target, file => WriteAsync(file, cancel), cancel);
            return new(target, names, rows, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"Cannot merge into {KeyText.Show(target)}: {e.Message} Free some space or check the rights.",
                e
            );
        }
    }

    public async Task<IReadOnlyList<string>> DeleteAsync(string? merged, CancellationToken cancel)
    {
        var target = Target(merged);
        if (!File.Exists(target) || OutputFile.IsOfTheSystem(target))
            throw Refused(target, "found no merged file", "merge the parts first; nothing was removed");
        if (!await HoldsAllAsync(target, cancel))
            throw Refused(
                target,
                $"it is not what the {names.Count} parts beside it give when merged",
                "merge them again; nothing was removed"
            );
        try
        {
            names.ForEach(name => File.Delete(Path.Combine(directory, name)));
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"Cannot remove the parts in {KeyText.Show(directory)}: {e.Message} Check the rights; run it again.",
                e
            );
        }
    }

    private async Task<bool> HoldsAllAsync(string target, CancellationToken cancel)
    {
        using var hash = SHA256.Create();
        await using (var hashing = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            await WriteAsync(hashing, cancel);
        await using var file = File.OpenRead(target);
        return (await SHA256.HashDataAsync(file, cancel)).AsSpan().SequenceEqual(hash.Hash);
    }

    private async Task<(long Rows, long Bytes)> WriteAsync(Stream merged, CancellationToken cancel)
    {
        string? expected = null;
        long rows = 0,
            bytes = 0;
        foreach (var name in names)
        {
            await using var part = File.OpenRead(Path.Combine(directory, name));
            var header = ReadHeader(part, name);
            if (expected is null)
                bytes += await WriteHeaderAsync(header, merged, cancel);
            else if (header != expected)
                throw Refused(
                    Path.Combine(directory, name),
                    $"line 1 is '{KeyText.Show(header)}', expected '{KeyText.Show(expected)}' as in {names[0]}",
                    "merge files of one shape"
                );
            expected ??= header;
            var copied = await CopyRowsAsync(part, merged, name, cancel);
            (rows, bytes) = (rows + copied.Rows, bytes + copied.Bytes);
        }

        return (rows, bytes);
    }

    private static async Task<int> WriteHeaderAsync(string header, Stream merged, CancellationToken cancel)
    {
        var line = Encoding.UTF8.GetBytes(header + "\n");
        await merged.WriteAsync(line, cancel);
        return line.Length;
    }

    /// <summary>The first line without byte order mark and line end; the stream is left after it.</summary>
    private string ReadHeader(FileStream part, string name)
    {
        var path = Path.Combine(directory, name);
        var line = new List<byte>();
        for (int next; (next = part.ReadByte()) is >= 0 and not '\n'; )
        {
            line.Add((byte)next);
            if (line.Count > HeaderLimit)
                throw Refused(path, $"line 1 is longer than {HeaderLimit} bytes", "expected a header line");
        }

        var bytes = line.ToArray().AsSpan();
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        if (bytes.EndsWith("\r"u8))
            bytes = bytes[..^1];
        if (bytes.IsEmpty || bytes.Contains((byte)'\r') || bytes.Count((byte)'"') % 2 != 0)
            throw Refused(
                path,
                $"line 1 is '{KeyText.Show(Encoding.UTF8.GetString(bytes))}'",
                "expected a header line in UTF-8, ended by a line feed"
            );
        return Encoding.UTF8.GetString(bytes);
    }

    // A part without a final newline must not lend its last row to the next part, nor one with an open quote all of it.
    private async Task<(long Rows, long Bytes)> CopyRowsAsync(
        FileStream part,
        Stream merged,
        string name,
        CancellationToken cancel
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long rows = 0,
                bytes = 0,
                quotes = 0;
            var last = (byte)'\n';
            for (int read; (read = await part.ReadAsync(buffer, cancel)) > 0; last = buffer[read - 1])
            {
                rows += buffer.AsSpan(0, read).Count((byte)'\n');
                quotes += buffer.AsSpan(0, read).Count((byte)'"');
                await merged.WriteAsync(buffer.AsMemory(0, read), cancel);
                bytes += read;
            }

            if (quotes % 2 != 0)
                throw Refused(
                    Path.Combine(directory, name),
                    "a quote is opened and never closed",
                    "fix the file: merged, it would swallow the rows that follow"
                );
            if (last == '\n')
                return (rows, bytes);
            merged.WriteByte((byte)'\n');
            return (rows + 1, bytes + 1);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string Target(string? output)
    {
        var target = output is null
            ? Path.Combine(directory, $"{museumPrefix}_hist_data_all.csv")
            : Path.GetFullPath(output);
        var isPart =
            names.Any(name => string.Equals(Path.Combine(directory, name), target, StringComparison.OrdinalIgnoreCase))
            || BucketRules.IsHistory(Path.GetFileName(target), "", museumPrefix);
        if (isPart)
            throw new MuseumException(
                ExitCode.Usage,
                $"{KeyText.Show(target)} is named like a part, and would be merged into itself the next time: "
                    + $"choose another name."
            );
        return target;
    }

    private BigInteger Number(string name) =>
        BigInteger.Parse(
            name[$"{museumPrefix}_hist_data_".Length..^".csv".Length],
            NumberStyles.None,
            CultureInfo.InvariantCulture
        );

    private static MuseumException Refused(string path, string found, string fix) =>
        new(ExitCode.DataRefused, $"{KeyText.Show(path)}: {found}; {fix}.");
}
