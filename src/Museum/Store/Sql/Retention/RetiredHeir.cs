using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Store.Sql.Retention;

/// <summary>A version of an object whose earlier version is partly retired: what of it lies in the same months is counted,
/// and retired at once, so that a correction brings nothing back.</summary>
internal sealed class RetiredHeir
{
    private const int Chunk = 500;

    /// <summary>Months that are retired, as years times twelve, with what retired them.</summary>
    private readonly Dictionary<int, int> months;
    private readonly IReadOnlyList<(int Retirement, long First, PositionBits Bits)> refused;
    private readonly Dictionary<int, RetiredPositions> positions = [];
    private readonly Dictionary<(int Retirement, RetiredKind Kind, long First), List<KioskEvent>> presses = [];
    private readonly List<Refusal> refusals = [];
    private readonly HourlyCounts hourly = new();

    private RetiredHeir(
        Dictionary<int, int> months,
        IReadOnlyList<(int Retirement, long First, PositionBits Bits)> refused
    ) => (this.months, this.refused) = (months, refused);

    /// <summary>What the version after this one inherits; null if nothing of it is retired.</summary>
    public static async Task<RetiredHeir?> OfAsync(SqlSession session, int sourceId)
    {
        const string Months = """
            select t.month, max(t.retirement_id) from retired r join retirement t using (retirement_id)
            where r.source_id = @source and r.kind <> 'refusal' group by t.month
            """;
        const string Refused =
            "select retirement_id, first_position, positions from retired where source_id = @source and kind = 'refusal'";
        var months = await session.ReadAsync(
            Months,
            r => KeyValuePair.Create(MonthOf(r.Text()), r.Int()),
            ("source", sourceId)
        );
        var refused = await session.ReadAsync(
            Refused,
            r => (r.Int(), r.Long(), new PositionBits(r.BytesOrNull())),
            ("source", sourceId)
        );
        return months.Count + refused.Count == 0 ? null : new(months.ToDictionary(), refused);
    }

    private static int MonthOf(string month) =>
        (int.Parse(month.AsSpan(0, 4), CultureInfo.InvariantCulture) * 12)
        + int.Parse(month.AsSpan(5), CultureInfo.InvariantCulture);

    /// <summary>True for a press of a retired month: it is not to be stored.</summary>
    public bool Take(in KioskEvent press)
    {
        var at = StoredInstants.Of(press.At);
        if (!months.TryGetValue((at.Year * 12) + at.Month, out var retirement))
            return false;
        var kind = press.Kind is PressKind.Rating ? RetiredKind.Rating : RetiredKind.Support;
        Add(retirement, kind, press.Id);
        var stretch = (retirement, kind, press.Position / PositionBits.Most * PositionBits.Most);
        if (!presses.TryGetValue(stretch, out var some))
            presses[stretch] = some = [];
        some.Add(press);
        hourly.Add(press);
        return true;
    }

    /// <summary>True for a refusal where the earlier version has a retired one.</summary>
    public bool Take(Refusal refusal)
    {
        foreach (var (retirement, first, bits) in refused)
        {
            if (refusal.Position - first is not (>= 0 and < PositionBits.Most and var bit) || !bits.Contains((int)bit))
                continue;
            Add(retirement, RetiredKind.Refusal, EventId.Of(refusal.SourceId, refusal.Position));
            refusals.Add(refusal);
            return true;
        }

        return false;
    }

    private void Add(int retirement, RetiredKind kind, long key)
    {
        if (!positions.TryGetValue(retirement, out var some))
            positions[retirement] = some = new();
        some.Add(kind, key);
    }

    /// <summary>Writes down what was taken.</summary>
    public async Task SaveAsync(SqlSession session, int sourceId)
    {
        foreach (var (retirement, some) in positions)
        foreach (var stretch in some)
            await SaveAsync(session, retirement, stretch);
        foreach (var kind in PressTable.All.Select(table => table.Kind))
            await SaveAsync(session, sourceId, kind);
        foreach (var refusal in refusals)
            await SaveAsync(session, refusal);
    }

    private Task<int> SaveAsync(SqlSession session, int retirement, RetiredStretch stretch)
    {
        const string Sql = """
            insert into retired (retirement_id, source_id, kind, first_position, positions, row_count, held, contents,
                first_at, last_at, pending)
            values (@id, @source, @kind, @first, @positions, @rows, @held, @contents, @begin, @end, @no)
            """;
        var some = presses.GetValueOrDefault((retirement, stretch.Kind, stretch.First), []);
        return session.ExecuteAsync(
            Sql,
            ("id", retirement),
            ("source", stretch.SourceId),
            ("kind", Words.Of(stretch.Kind)),
            ("first", stretch.First),
            ("positions", stretch.Bits.ToBytes()),
            ("rows", (long)stretch.Bits.Count),
            ("held", stretch.Kind is RetiredKind.Refusal ? (long)stretch.Bits.Count : 0L),
            ("contents", RetiredContents.Of(some)),
            ("begin", some.Count == 0 ? null : StoredInstants.Of(some.Min(press => press.At))),
            ("end", some.Count == 0 ? null : StoredInstants.Of(some.Max(press => press.At))),
            ("no", false)
        );
    }

    private async Task SaveAsync(SqlSession session, int sourceId, PressKind kind)
    {
        var columns = hourly.Columns(kind);
        foreach (var rows in Enumerable.Range(0, columns.Presses.Length).Chunk(Chunk))
        {
            List<(string, object?)> values = [("source", sourceId), ("kind", Words.Of(kind))];
            foreach (var row in rows)
                values.AddRange([
                    ($"hour{row}", session.Dialect.Hour(new(columns.Hours[row], TimeSpan.Zero))),
                    ($"place{row}", columns.Exhibitions[row]),
                    ($"type{row}", columns.Types[row]),
                    ($"presses{row}", columns.Presses[row]),
                ]);
            var lines = rows.Select(row => $"(@source, @kind, @hour{row}, @place{row}, @type{row}, @presses{row})");
            await session.ExecuteAsync(
                "insert into retired_hourly (source_id, kind, hour, exhibition_id, type_id, presses) values "
                    + string.Join(", ", lines),
                [.. values]
            );
        }
    }

    private static Task<int> SaveAsync(SqlSession session, Refusal refusal)
    {
        const string Sql = """
            insert into retired_refusal (source_id, hour, site, exhibition_id, reason, possible_help, kind_known, refusals,
                last_id)
            values (@source, @hour, @site, @exhibition, @reason, @help, @known, 1, @id)
            """;
        var when = refusal.At is { } at && StoredInstants.Of(at) < session.Now ? StoredInstants.Of(at) : session.Now;
        return session.ExecuteAsync(
            Sql,
            ("source", refusal.SourceId),
            ("hour", session.Dialect.Hour(when.AddTicks(-(when.UtcTicks % TimeSpan.TicksPerHour)))),
            ("site", refusal.Site),
            ("exhibition", refusal.ExhibitionId),
            ("reason", refusal.Reason.Code()),
            ("help", refusal.PossibleHelp),
            ("known", refusal.SupportTypeId is not null),
            ("id", EventId.Of(refusal.SourceId, refusal.Position))
        );
    }
}
