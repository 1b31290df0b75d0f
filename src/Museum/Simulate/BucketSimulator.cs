using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Simulate;

/// <summary>What to simulate.</summary>
/// <param name="Rows">History rows in all, including invalid ones.</param>
/// <param name="Seed">The same seed gives the same bytes.</param>
/// <param name="Objects">Files the history is divided into, each a contiguous stretch of time.</param>
/// <param name="InvalidShare">The share of invalid rows, 0 to 1; the number is exact.</param>
/// <param name="Start">The first day; null so that the history ends on <see
/// cref="BucketSimulator.UsualLastDay"/>.</param>
/// <param name="Force">Write into a directory that is not empty, replacing the history and the exhibitions
/// there.</param>
internal sealed record SimulateRequest(
    string Directory,
    long Rows,
    long Seed,
    int Objects,
    double InvalidShare,
    DateOnly? Start = null,
    bool Force = false
)
{
    /// <summary>Days they are spread over; null for as many as the museum needs at its usual pace.</summary>
    public int? Days { get; init; }
}

/// <summary>What was written, for comparison with a load of it.</summary>
internal sealed record SimulateReport(
    long Rows,
    int Objects,
    int Exhibitions,
    long Ratings,
    long Assistance,
    long Emergencies,
    long Doubles,
    long PossibleHelp,
    IReadOnlyDictionary<string, long> Reasons,
    DateOnly FirstDay,
    DateOnly LastDay,
    long Bytes
)
{
    public long Spoiled => Reasons.Values.Sum();
}

/// <summary>Writes a bucket as the museum would have filled it: exhibitions, and a history of presses that is as
/// unsorted, as irregular and, on request, as faulty as the real one. Rows are drawn one after another, so the size of
/// the history costs no memory; the seed decides the rows, and the number of objects only where the files are
/// cut.</summary>
internal static class BucketSimulator
{
    /// <summary>Well in the past, so that no row of a simulated history is refused as future.</summary>
    public static readonly DateOnly UsualLastDay = new(2024, 12, 31);

    /// <summary>A history beyond this many days gets busier days instead.</summary>
    internal const int MostDays = 10_000;

    /// <summary>Of two thousand real rows six are exact duplicates of another one, and genuine.</summary>
    private const double DoublesShare = 0.003;

    /// <exception cref="MuseumException">The directory is not empty.</exception>
    public static SimulateReport Run(SimulateRequest request, CancellationToken cancel)
    {
        var days = request.Days ?? (int)Math.Clamp(Math.Round(request.Rows / (double)MuseumDay.UsualRows), 1, MostDays);
        var firstDay = request.Start ?? UsualLastDay.AddDays(1 - days);
        var lastDay = firstDay.AddDays(days - 1);
        Prepare(request);
        for (var site = 0; site < Exhibits.All.Length; site++)
        {
            var name = $"lmnh_exhibition_{Exhibits.All[site].Word}.json";
            File.WriteAllBytes(Path.Combine(request.Directory, name), Exhibits.File(site, firstDay, lastDay));
        }
        return new History(request, firstDay, days).Write(cancel);
    }

    private static void Prepare(SimulateRequest request)
    {
        Directory.CreateDirectory(request.Directory);
        if (!Directory.EnumerateFileSystemEntries(request.Directory).Any())
            return;
        if (!request.Force)
            throw new MuseumException(
                ExitCode.Usage,
                $"{request.Directory} is not empty; expected an empty or a new directory. "
                    + "Name another one, or add --force to replace the lmnh_hist_data_*.csv and "
                    + "lmnh_exhibition_*.json files in it."
            );
        foreach (var old in Directory.EnumerateFiles(request.Directory).Where(IsOurs).ToList())
            File.Delete(old);
    }

    private static bool IsOurs(string path)
    {
        var name = Path.GetFileName(path);
        return BucketRules.IsHistory(name, "", "lmnh") || BucketRules.IsExhibition(name, "", "lmnh");
    }

    private sealed class History(SimulateRequest request, DateOnly firstDay, int days)
    {
        private readonly Chance _presses = new(request.Seed, 0);
        private readonly Spoiler _spoiler = new(new Chance(request.Seed, 1));
        private readonly Lot _spoiled = new(
            new Chance(request.Seed, 2),
            (long)Math.Round(request.Rows * request.InvalidShare),
            request.Rows
        );
        private readonly Lot _doubled = new(
            new Chance(request.Seed, 3),
            (long)(request.Rows * DoublesShare),
            request.Rows
        );
        private readonly double[] _totals = MuseumDay.RunningTotals(firstDay, days, new Chance(request.Seed, 4));
        private readonly HashSet<Press> _ofTheDay = [];
        private readonly Press[] _recent = new Press[16];
        private int _remembered;
        private long _ratings,
            _assistance,
            _emergencies,
            _doubles;

        public SimulateReport Write(CancellationToken cancel)
        {
            using var writer = new RowWriter(request.Directory);
            var objectEnds = 0L;
            var objects = 0;
            var row = 0L;
            for (var day = 0; day < days; day++)
            {
                cancel.ThrowIfCancellationRequested();
                StartDay(writer, firstDay.AddDays(day));
                for (var dayEnds = (long)(request.Rows * (_totals[day] / _totals[^1])); row < dayEnds; row++)
                {
                    if (row == objectEnds)
                    {
                        writer.StartObject(objects++);
                        objectEnds = (long)((Int128)request.Rows * objects / request.Objects);
                    }
                    WriteRow(writer, firstDay.AddDays(day));
                }
            }
            writer.Finish();
            return new SimulateReport(
                request.Rows,
                objects,
                Exhibits.All.Length,
                _ratings,
                _assistance,
                _emergencies,
                _doubles,
                _spoiler.PossibleHelp,
                _spoiler.Counts,
                firstDay,
                firstDay.AddDays(days - 1),
                writer.Bytes
            );
        }

        private void StartDay(RowWriter writer, DateOnly day)
        {
            writer.StartDay(day);
            _ofTheDay.Clear();
            _remembered = 0;
        }

        private void WriteRow(RowWriter writer, DateOnly day)
        {
            var doubled = _doubled.Draw();
            if (_spoiled.Draw())
            {
                writer.Raw(_spoiler.Spoil(day, MuseumDay.Draw(_presses)));
                return;
            }
            var press = doubled && _remembered > 0 ? Again() : Fresh();
            writer.Sound(press);
            if (!press.IsHelp)
                _ratings++;
            else if (press.Emergency)
                _emergencies++;
            else
                _assistance++;
        }

        /// <summary>Repeats one of the last few presses of the day.</summary>
        private Press Again()
        {
            _doubles++;
            var back = Math.Min(_remembered, _recent.Length);
            return _recent[(_remembered - 1 - (int)(_doubles % back)) % _recent.Length];
        }

        /// <summary>A press the day has not had yet, so that the number of duplicates is exact.</summary>
        private Press Fresh()
        {
            Press press;
            do press = MuseumDay.Draw(_presses);
            while (!_ofTheDay.Add(press));
            _recent[_remembered++ % _recent.Length] = press;
            return press;
        }
    }
}
