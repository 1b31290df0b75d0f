using System.Runtime.InteropServices;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>Each museum's quarantine, counted by its own days, in memory. Checked when asked, at most once a second:
/// for sources whose ledger changed, additions are added, and after any other change the source is counted
/// again.</summary>
internal sealed class RefusedDays(IQuarantine quarantine, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim gate = new(1);
    private readonly Dictionary<int, OfMuseum> museums = [];

    /// <inheritdoc cref="OfAsync(Museum, DateOnly, DateOnly, CancellationToken)"/>
    public Task<IReadOnlyList<RefusedCount>> OfAsync(Selection selection, CancellationToken cancel) =>
        OfAsync(selection.Cube.Museum, selection.Held.From, selection.Held.To, cancel);

    /// <summary>What is held of these days, both inclusive; records with an unknown or future time count on the day
    /// they arrived.</summary>
    /// <exception cref="TransientException">The database cannot be read now.</exception>
    public async Task<IReadOnlyList<RefusedCount>> OfAsync(
        Museum museum,
        DateOnly from,
        DateOnly to,
        CancellationToken cancel
    )
    {
        await gate.WaitAsync(cancel);
        try
        {
            var known = museums.GetValueOrDefault(museum.Id);
            if (known?.TimeZone != museum.TimeZone)
                known = null;
            if (known is null || clock.GetElapsedTime(known.LookedAt) >= Freshness)
            {
                var lookedAt = clock.GetTimestamp();
                var reading = await quarantine.ByDayAsync(museum.Id, museum.TimeZone, known?.Marks, cancel);
                museums[museum.Id] = known ??= new OfMuseum(museum.TimeZone);
                known.Take(reading, lookedAt);
            }

            return known.Between(from, to);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private sealed class OfMuseum(string timeZone)
    {
        /// <summary>A stranger may send any number of sites; those beyond this are counted together.</summary>
        private const int MostSites = 10_000;
        private const string OtherSites = "…";

        private readonly Dictionary<DateOnly, Dictionary<RefusedCount, long>> days = [];
        private readonly Dictionary<int, List<(DateOnly Day, RefusedCount Count)>> sources = [];
        private readonly HashSet<string> sites = [];

        public string TimeZone => timeZone;

        public RefusedMarks? Marks { get; private set; }

        public long LookedAt { get; private set; }

        public void Take(RefusedReading reading, long lookedAt)
        {
            foreach (var source in reading.Changed)
            {
                ref var mine = ref CollectionsMarshal.GetValueRefOrAddDefault(sources, source.SourceId, out _);
                mine ??= [];
                if (!source.OnTop)
                {
                    foreach (var (day, count) in mine)
                        Add(day, count with { Count = -count.Count });
                    mine.Clear();
                }

                foreach (var (day, count) in source.Counts)
                {
                    var kept = count with { Site = Kept(count.Site) };
                    mine.Add((day, kept));
                    Add(day, kept);
                }

                if (mine.Count == 0)
                    sources.Remove(source.SourceId);
            }

            (Marks, LookedAt) = (reading.Marks, lookedAt);
        }

        public List<RefusedCount> Between(DateOnly from, DateOnly to)
        {
            var sums = new Dictionary<RefusedCount, long>();
            foreach (var (_, counts) in days.Where(day => day.Key >= from && day.Key <= to))
            {
                foreach (var (what, count) in counts)
                    CollectionsMarshal.GetValueRefOrAddDefault(sums, what, out _) += count;
            }

            return [.. sums.Where(sum => sum.Value > 0).Select(sum => sum.Key with { Count = sum.Value })];
        }

        private void Add(DateOnly day, RefusedCount count)
        {
            ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(days, day, out _);
            counts ??= [];
            CollectionsMarshal.GetValueRefOrAddDefault(counts, count with { Count = 0 }, out _) += count.Count;
        }

        /// <summary>One instance of each text, however many records name it.</summary>
        private string? Kept(string? site)
        {
            if (site is null)
                return null;
            if (sites.TryGetValue(site, out var known))
                return known;
            if (sites.Count >= MostSites)
                return OtherSites;
            sites.Add(site);
            return site;
        }
    }
}
