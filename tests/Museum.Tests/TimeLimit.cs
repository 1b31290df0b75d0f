using System.Collections.Concurrent;
using System.Reflection;
using MuseumPipeline.Tests;
using Xunit.v3;

[assembly: TimeLimit]

namespace MuseumPipeline.Tests;

/// <summary>Limits every test: after five minutes its token is cancelled, so that it fails; if it ignores the token,
/// the whole run ends a minute later and names it last.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TimeLimitAttribute : BeforeAfterTestAttribute
{
    private static readonly ConcurrentDictionary<string, Timer> Running = new();

    /// <summary>Far more than the slowest test takes on a busy machine.</summary>
    private static TimeSpan Limit { get; } =
        TimeSpan.FromSeconds(
            int.TryParse(Environment.GetEnvironmentVariable("MUSEUM_TEST_SECONDS"), out var seconds) ? seconds : 300
        );

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var context = TestContext.Current;
        Running[test.UniqueID] = new Timer(_ => Cancel(context, test), null, Limit, Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Running.TryRemove(test.UniqueID, out var timer))
            timer.Dispose();
    }

    private static void Cancel(ITestContext context, IXunitTest test)
    {
        context.CancelCurrentTest();
        var lastWord = new Timer(_ => End(test), null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        if (!Running.TryGetValue(test.UniqueID, out var first) || !Running.TryUpdate(test.UniqueID, lastWord, first))
            lastWord.Dispose();
    }

    private static void End(IXunitTest test) =>
        Environment.FailFast($"{test.TestDisplayName} did not end within {Limit.TotalSeconds} s, nor when cancelled");
}
