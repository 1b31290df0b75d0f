using System.Globalization;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Targets;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Export;

/// <summary>
/// Events and refusals as Parquet files, one for each museum and month: <c>events/museum=LMNH/month=2023-03/</c>. A
/// file always holds its month whole, and is replaced whole when any row of the month is another; so every row is
/// there once whenever the export is killed, and a run that finds nothing new writes nothing. A note beside the files
/// says what each was made of; where it is behind, a file is only written again. The file of a month that is retired is
/// left as it is: it may be the only one that has it.
/// </summary>
internal sealed class Exporter(IEventExport store, IRetention retention, ITarget target)
{
    /// <summary>Readers of Parquet directories skip names that begin with an underscore.</summary>
    internal const string NoteName = "_museum.json";

    /// <summary>Changed with the columns, so that every file is written again.</summary>
    private const string Version = "1";

    /// <exception cref="MuseumException">The place cannot be written to, or holds something else.</exception>
    public async Task<ExportReport> RunAsync(CancellationToken cancel)
    {
        var there = await target.ListAsync(cancel);
        var note = await ReadNoteAsync(there, cancel);
        var report = new ExportReport(0, 0, 0, 0);
        var parts = await store.PartsAsync(cancel);
        var retired = await RetiredAsync(cancel);
        foreach (var part in parts)
        {
            var name = NameOf(part);
            report = report with { Rows = report.Rows + part.Rows };
            if (there.Contains(name) && (retired.Contains(name) || note.GetValueOrDefault(name) == Stamp(part)))
            {
                report = report with { Unchanged = report.Unchanged + 1 };
                continue;
            }

            note[name] = Stamp(await WriteAsync(part, name, cancel));
            await WriteNoteAsync(note, cancel);
            report = report with { Written = report.Written + 1 };
        }

        var wanted = parts.Select(NameOf).Concat(retired).ToHashSet(StringComparer.Ordinal);
        foreach (var name in there.Where(name => IsOurs(name) && !wanted.Contains(name)))
        {
            await target.DeleteAsync(name, cancel);
            note.Remove(name);
            await WriteNoteAsync(note, cancel);
            report = report with { Removed = report.Removed + 1 };
        }

        return report;
    }

    /// <summary>The files of months that are retired.</summary>
    private async Task<HashSet<string>> RetiredAsync(CancellationToken cancel) =>
        (await retention.ListAsync(cancel))
            .Where(retired => retired.State is not RetirementState.Writing)
            .Select(retired => NameOf(retired.What, retired.Museum, retired.Month))
            .ToHashSet(StringComparer.Ordinal);

    private async Task<ExportPart> WriteAsync(ExportPart part, string name, CancellationToken cancel)
    {
        var read = part;
        await target.PutAsync(name, async file => read = await PartFile.WriteAsync(store, part, file, cancel), cancel);
        return read;
    }

    private static string Stamp(ExportPart part) => $"{Version} {part.Stamp}";

    private static string FolderOf(ExportSet set) => set is ExportSet.Events ? "events" : "refusals";

    private static string NameOf(ExportPart part) => NameOf(part.Set, part.Museum, part.Month);

    /// <param name="number">Where a month may have several files.</param>
    internal static string NameOf(ExportSet of, string museum, string month, int? number = null)
    {
        var set = FolderOf(of);
        var suffix = number is { } n ? $"-{n.ToString(CultureInfo.InvariantCulture)}" : "";
        return $"{set}/museum={museum}/month={month}/{set}{suffix}.parquet";
    }

    private static bool IsOurs(string name) =>
        Enum.GetValues<ExportSet>()
            .Any(set =>
                name.StartsWith($"{FolderOf(set)}/museum=", StringComparison.Ordinal)
                && name.EndsWith($"/{FolderOf(set)}.parquet", StringComparison.Ordinal)
            );

    private async Task<Dictionary<string, string>> ReadNoteAsync(IReadOnlySet<string> there, CancellationToken cancel)
    {
        if (await target.ReadAsync(NoteName, cancel) is { } bytes)
        {
            try
            {
                return JsonSerializer.Deserialize(bytes, ExportShapes.Default.DictionaryStringString) ?? [];
            }
            catch (JsonException)
            {
                // It is only a note: without it everything is written again.
                return [];
            }
        }

        return there.Count == 0 || there.All(IsOurs)
            ? []
            : throw new MuseumException(
                ExitCode.Usage,
                $"--to: {target.Describe} holds other things ({there.First(name => !IsOurs(name))}); expected a "
                    + $"place of "
                    + "its own: an empty or a new directory, or a prefix that is used for nothing else"
            );
    }

    private Task WriteNoteAsync(Dictionary<string, string> note, CancellationToken cancel) =>
        target.PutAsync(
            NoteName,
            file => JsonSerializer.SerializeAsync(file, note, ExportShapes.Default.DictionaryStringString, cancel),
            cancel
        );
}

/// <param name="Rows">In the database when the export began.</param>
/// <param name="Removed">Files of months that have no row any more.</param>
internal sealed record ExportReport(long Rows, int Written, int Unchanged, int Removed);
