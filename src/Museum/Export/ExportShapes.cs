using System.Text.Json.Serialization;

namespace MuseumPipeline.Export;

/// <summary>The note beside the files, prepared at build time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ExportShapes : JsonSerializerContext;
