using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Quarantine;

/// <summary>Held records as a file: exact in NDJSON, safe for a spreadsheet in CSV.</summary>
internal sealed class QuarantineExport(IQuarantine quarantine)
{
    private const int Page = 1000;

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private static readonly SearchValues<char> ToQuote = SearchValues.Create("\",\r\n;\t'");

    private static readonly string[] Columns =
    [
        "id",
        "reason",
        "detail",
        "possible_help",
        "location",
        "source",
        "version",
        "position",
        "site",
        "exhibition_id",
        "at",
        "received_at",
        "state",
        "resolved_at",
        "raw_length",
        "raw_encoding",
        "raw",
    ];

    public enum Format
    {
        Csv,
        Ndjson,
    }

    /// <summary>The format for a file's name, or null.</summary>
    public static Format? FormatOf(string file) =>
        Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".csv" => Format.Csv,
            ".ndjson" or ".jsonl" => Format.Ndjson,
            _ => null,
        };

    /// <summary>The record as text if it is text (NUL is not), else in base64; with a word saying which.</summary>
    public static (string Encoding, string Raw) RawText(byte[] raw)
    {
        try
        {
            if (!raw.AsSpan().Contains((byte)0))
                return ("utf-8", Strict.GetString(raw));
        }
        catch (DecoderFallbackException) { }
        return ("base64", Convert.ToBase64String(raw));
    }

    /// <summary>Writes what the filter selects. The file appears only when it is complete.</summary>
    public async Task<long> WriteAsync(string file, QuarantineFilter filter, CancellationToken cancel)
    {
        try
        {
            return await OutputFile.WriteAsync(
                file,
                async stream =>
                {
                    await using var writer = new StreamWriter(stream, Strict, leaveOpen: true);
                    return await WriteAsync(writer, FormatOf(file) ?? Format.Ndjson, filter, cancel);
                },
                cancel
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(ExitCode.Service, $"cannot write {Path.GetFullPath(file)}: {e.Message}", e);
        }
    }

    private async Task<long> WriteAsync(
        StreamWriter writer,
        Format format,
        QuarantineFilter filter,
        CancellationToken cancel
    )
    {
        if (format == Format.Csv)
            await writer.WriteAsync(string.Join(',', Columns) + "\r\n");
        for (long written = 0, after = 0; ; )
        {
            var rows = await quarantine.ListAsync(filter with { AfterId = after, Most = Page }, cancel);
            if (rows.Count == 0)
                return written;
            foreach (var row in rows.Select(QuarantineRowJson.Of))
                await writer.WriteAsync(
                    format == Format.Csv
                        ? CsvLine(row)
                        : JsonSerializer.Serialize(row, QuarantineShapes.Default.QuarantineRowJson) + "\n"
                );
            written += rows.Count;
            after = rows[^1].Id;
        }
    }

    internal static string CsvLine(QuarantineRowJson row)
    {
        string?[] cells =
        [
            Number(row.Id),
            row.Reason,
            row.Detail,
            row.PossibleHelp ? "true" : "false",
            row.Location,
            row.Source,
            row.Version,
            Number(row.Position),
            row.Site,
            row.ExhibitionId?.ToString(CultureInfo.InvariantCulture),
            Time(row.At),
            Time(row.ReceivedAt),
            row.State,
            Time(row.ResolvedAt),
            Number(row.RawLength),
            row.RawEncoding,
            row.Raw,
        ];
        return string.Join(',', cells.Select(c => CsvCell(c ?? ""))) + "\r\n";
    }

    /// <summary>Quoted if necessary, and no formula.</summary>
    internal static string CsvCell(string text)
    {
        text = SpreadsheetText.Of(text);
        return text.AsSpan().IndexOfAny(ToQuote) < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
