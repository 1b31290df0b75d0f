using MuseumPipeline.Model;

namespace MuseumPipeline.Simulate;

/// <summary>What to simulate.</summary>
/// <param name="Messages">How many; null for no end.</param>
/// <param name="Rate">Messages a second; null for as fast as possible.</param>
/// <param name="Seed">The same seed gives the same messages; with <paramref name="At"/>, to the byte.</param>
/// <param name="InvalidShare">How likely a message is to be invalid, 0 to 1.</param>
/// <param name="EveryFault">Also faults that the real messages did not show.</param>
/// <param name="At">The first message's time; null for times of today, or of the last days the museum was open.</param>
internal sealed record StreamRequest(
    long? Messages,
    double? Rate,
    long Seed,
    double InvalidShare,
    bool EveryFault,
    DateTimeOffset? At
)
{
    public OpeningHours Hours { get; init; } = OpeningHours.Lmnh;
}

/// <summary>What was sent, by the verdict each message should get.</summary>
internal sealed class StreamReport
{
    public long Sent { get; private set; }

    public long Ratings { get; private set; }

    public long Assistance { get; private set; }

    public long Emergencies { get; private set; }

    public long PossibleHelp { get; private set; }

    public SortedDictionary<string, long> Reasons { get; } = new(StringComparer.Ordinal);

    public long Bytes { get; private set; }

    public DateTime? FirstAt { get; private set; }

    public DateTime? LastAt { get; private set; }

    /// <summary>Somebody ended it.</summary>
    public bool Stopped { get; set; }

    public void Count(KioskStream message)
    {
        Sent++;
        Bytes += message.Value.Length;
        FirstAt ??= message.At;
        LastAt = message.At;
        if (message.PossibleHelp)
            PossibleHelp++;
        if (message.Refused is { } reason)
            Reasons[reason.Code()] = Reasons.GetValueOrDefault(reason.Code()) + 1;
        else if (!message.Press.IsHelp)
            Ratings++;
        else if (message.Press.Emergency)
            Emergencies++;
        else
            Assistance++;
    }
}

/// <summary>Sends the messages of a museum's kiosks, at a rate or as fast as it can.</summary>
internal static class StreamSimulator
{
    /// <summary>Six hundred real messages came three and a half seconds apart.</summary>
    private static readonly TimeSpan UsualGap = TimeSpan.FromSeconds(3.5);

    /// <summary>A stream longer than this has less time between its messages instead.</summary>
    private const int MostDays = 365;

    public static async Task<StreamReport> RunAsync(
        StreamRequest request,
        StreamSink sink,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var stream = new KioskStream(
            request.Seed,
            request.InvalidShare,
            request.EveryFault,
            Times(request, clock),
            request.Hours,
            now
        );
        var report = new StreamReport();
        var started = clock.GetTimestamp();
        try
        {
            while (report.Sent < (request.Messages ?? long.MaxValue))
            {
                if (request.Rate is { } rate)
                    await WaitForTurnAsync(sink, clock, started, TimeSpan.FromSeconds(report.Sent / rate), cancel);
                cancel.ThrowIfCancellationRequested();
                stream.Next();
                await sink.SendAsync(stream, cancel);
                report.Count(stream);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            report.Stopped = true;
        }

        await sink.FinishAsync();
        return report;
    }

    private static async ValueTask WaitForTurnAsync(
        StreamSink sink,
        TimeProvider clock,
        long started,
        TimeSpan due,
        CancellationToken cancel
    )
    {
        // A timer is no finer than a millisecond; messages due within one are sent together.
        while (due - clock.GetElapsedTime(started) is var left && left > TimeSpan.FromMilliseconds(1))
        {
            sink.Pause();
            await Task.Delay(left, clock, cancel);
        }
    }

    private static StreamClock Times(StreamRequest request, TimeProvider clock)
    {
        var hours = request.Hours;
        if (request is { At: null, Rate: not null })
            return new LiveClock(hours, clock);
        if (request.Rate is { } rate)
            return new SteppingClock(hours, Local(request.At!.Value), TimeSpan.FromSeconds(1 / rate), null);
        var days = (request.Messages ?? 0) * (UsualGap / hours.Length);
        var gap = days <= MostDays ? UsualGap : UsualGap * (MostDays / days);
        // Without a start the last message comes just before the end of the last completed day: none lies in the
        // future.
        var start = request.At is { } at
            ? Local(at)
            : hours
                .LastWholeDay(Local(clock.GetUtcNow()))
                .AddDays(-(int)Math.Min(days * 1.01, MostDays + 2))
                .ToDateTime(hours.Opens);
        return new SteppingClock(hours, start, gap, new Chance(request.Seed, 14));

        DateTime Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, hours.Zone).DateTime;
    }
}
