using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Quarantine;

internal sealed record QuarantineListJson(
    string Command,
    string Target,
    long Held,
    long PossibleHelp,
    SortedDictionary<string, long> Reasons,
    IReadOnlyList<QuarantineRowJson> Records
);

internal sealed record QuarantineShowJson(string Command, string Target, QuarantineRowJson Record);

internal sealed record DiscardJson(string Command, string Target, long Discarded, string Why);

internal sealed record ExportJson(string Command, string Target, string File, long Records);

/// <param name="RawEncoding"><c>utf-8</c>: <paramref name="Raw"/> is the record; <c>base64</c>: it is not text.</param>
/// <param name="RawLength">More than <paramref name="Raw"/> holds if only the record's beginning was kept.</param>
internal sealed record QuarantineRowJson(
    long Id,
    string Reason,
    string Detail,
    bool PossibleHelp,
    string Location,
    string Source,
    string Version,
    long Position,
    string? Site,
    int? ExhibitionId,
    DateTimeOffset? At,
    DateTimeOffset ReceivedAt,
    string State,
    DateTimeOffset? ResolvedAt,
    long RawLength,
    string RawEncoding,
    string Raw,
    string Place,
    string? Discarded
)
{
    public static QuarantineRowJson Of(QuarantineRow row)
    {
        var (encoding, raw) = QuarantineExport.RawText(row.Raw);
        return new(
            row.Id,
            row.Reason.Code(),
            row.Detail,
            row.PossibleHelp,
            row.Location,
            row.SourceName,
            row.SourceVersion,
            row.Position,
            row.Site,
            row.ExhibitionId,
            row.At,
            row.ReceivedAt,
            row.State,
            row.ResolvedAt,
            row.RawLength,
            encoding,
            raw,
            row.Place,
            row.Discarded
        );
    }
}

internal sealed record ReplayJson(
    string Command,
    string Target,
    long Replayed,
    long Ratings,
    long Support,
    long StillRefused,
    SortedDictionary<string, long> Reasons,
    double Seconds,
    int? RunId,
    bool DryRun,
    long Retired
)
{
    public static ReplayJson Of(string target, ReplayReport r, long retired) =>
        new(
            "quarantine replay",
            target,
            r.Replayed,
            r.Ratings,
            r.Support,
            r.StillRefused,
            r.Reasons,
            Math.Round(r.Elapsed.TotalSeconds, 3),
            r.RunId,
            r.DryRun,
            retired
        );
}
