using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseumPipeline.Serve.Api;

/// <summary>Instants are written in UTC, with a Z.</summary>
internal sealed class Instants : JsonConverter<DateTimeOffset>
{
    public static string TextOf(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(TextOf(value));
}
