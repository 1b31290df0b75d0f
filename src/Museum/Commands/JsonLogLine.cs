using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Serilog.Events;
using Serilog.Formatting;

namespace MuseumPipeline.Commands;

/// <summary>One JSON object a line. The keys, their order and the names of the fields are a contract, in
/// docs/monitoring.md.</summary>
internal sealed class JsonLogLine(Redactor redactor) : ITextFormatter
{
    /// <summary>The subject of a line, if known.</summary>
    private static readonly string[] Fields =
    [
        LogFields.Event,
        LogFields.Museum,
        LogFields.Source,
        LogFields.Partition,
        LogFields.Run,
        LogFields.Value,
    ];

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString(
                "time",
                logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
            );
            json.WriteString("level", LogLine.Level(logEvent.Level).ToLowerInvariant());
            foreach (var field in Fields)
                Write(json, field, logEvent.Properties.GetValueOrDefault(field));
            json.WriteString("message", Safe(LogLine.Text(logEvent)));
            if (logEvent.Exception is { } exception)
                json.WriteString("exception", redactor.Redact(exception.ToString()));
            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        output.Write('\n');
    }

    private void Write(Utf8JsonWriter json, string field, LogEventPropertyValue? property)
    {
        if (property is not ScalarValue { Value: { } value })
            return;
        if (value is int or long)
            json.WriteNumber(field, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        else
            json.WriteString(field, Safe($"{value}"));
    }

    private string Safe(string text) => SafeText.Of(redactor.Redact(text));
}
