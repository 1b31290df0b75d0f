using System.Text.Json.Serialization;
using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Commands.Audit;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuditListJson))]
[JsonSerializable(typeof(AuditVerifyJson))]
[JsonSerializable(typeof(AuditExportJson))]
[JsonSerializable(typeof(AuditRetireJson))]
[JsonSerializable(typeof(AuditRowJson))]
internal sealed partial class AuditShapes : JsonSerializerContext;

internal sealed record AuditListJson(string Command, IReadOnlyList<AuditRowJson> Rows);

/// <param name="Head">The hash of the newest row that is good.</param>
/// <param name="BrokenAt">The first row that is not; null where all are.</param>
/// <param name="RetiredThrough">The last row that was removed when its time was over; null if none was.</param>
internal sealed record AuditVerifyJson(
    string Command,
    bool Good,
    long Rows,
    string Head,
    long? BrokenAt,
    long? RetiredThrough
);

internal sealed record AuditRetireJson(string Command, string Target, long Removed, int NotesEmptied);

internal sealed record AuditExportJson(string Command, string File, long Rows);

internal sealed record AuditRowJson(
    long Id,
    DateTimeOffset At,
    string Event,
    string Who,
    string Provider,
    string Address,
    string? Subject,
    string Detail,
    int Times,
    string Hash
)
{
    public static AuditRowJson Of(AuditRow row) =>
        new(
            row.Id,
            row.At,
            row.Event,
            row.Who,
            row.Provider,
            row.Address,
            row.Subject,
            row.Detail,
            row.Times,
            row.Hash
        );
}
