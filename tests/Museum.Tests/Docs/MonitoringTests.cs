using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Serve.Health;

namespace MuseumPipeline.Tests.Docs;

/// <summary>Documentation, alerts and dashboard speak of the metrics there are.</summary>
public sealed partial class MonitoringTests
{
    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Repository.Root, .. path]));

    [GeneratedRegex(@"\bmuseum_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(museum_[a-z_]+)` \|[^|]*\|([^|]+)\|([^|]+)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("runbook: (\\S+)")]
    private static partial Regex Runbook();

    private static SortedSet<string> Declared()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        using var meter = new Meter("declared");
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == meter)
                    names.Add(instrument.Name);
            },
        };
        listener.Start();
        new StreamMetrics(() => []).Declare(meter);
        using var dashboard = new DashboardMetrics(null!, () => 0, null!, new FakeTimeProvider());
        dashboard.Declare(meter);
        return names;
    }

    [Fact]
    public void Each_metric_is_documented_once_with_what_it_means_and_what_to_do() =>
        Assert.Equal(
            Declared(),
            Row()
                .Matches(Read("docs", "monitoring.md"))
                .Where(row => row.Groups[2].Value.Trim().Length > 0 && row.Groups[3].Value.Trim().Length > 0)
                .Select(row => row.Groups[1].Value)
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("alerts.yml")]
    [InlineData("alerts.test.yml")]
    [InlineData("dashboard.json")]
    public void Nothing_asks_for_a_metric_that_is_not_there(string file)
    {
        var asked = Metric().Matches(Read("deploy", "monitoring", file)).Select(match => match.Value).ToList();
        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(Declared()));
    }

    [Fact]
    public void Every_alert_leads_to_a_page()
    {
        var alerts = Read("deploy", "monitoring", "alerts.yml");
        var pages = Runbook().Matches(alerts).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(Regex.Count(alerts, "- alert: "), pages.Count);
        Assert.All(pages, page => Assert.True(File.Exists(Path.Combine(Repository.Root, page)), page));
    }
}
