using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Numbers.Safety;

public sealed class IncidentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, false, 0, nameof(HelpState.Open))]
    [InlineData(true, false, 7 * 24 * 3600, nameof(HelpState.Open))]
    [InlineData(true, false, (7 * 24 * 3600) + 1, nameof(HelpState.Lapsed))]
    [InlineData(true, false, -3600, nameof(HelpState.Open))]
    [InlineData(true, true, 0, nameof(HelpState.Acknowledged))]
    [InlineData(true, true, 30 * 24 * 3600, nameof(HelpState.Acknowledged))]
    [InlineData(false, false, 0, nameof(HelpState.History))]
    [InlineData(false, true, 0, nameof(HelpState.History))]
    public void The_state_follows_from_the_road_the_answer_and_the_age(
        bool live,
        bool acknowledged,
        int secondsAgo,
        string state
    ) => Assert.Equal(state, Incident.StateOf(live, acknowledged, Now.AddSeconds(-secondsAgo), Now).ToString());

    [Fact]
    public void The_newest_acknowledge_or_reopen_decides_and_the_first_answer_stays_the_first()
    {
        IncidentAction At(int minute, string action, string who) =>
            new(minute, 1, action, who, "", Now.AddMinutes(minute));
        var answered = Incident.Of([At(1, "acknowledge", "Ada"), At(2, "note", "Bob")]);
        var reopened = Incident.Of([At(1, "acknowledge", "Ada"), At(2, "reopen", "Bob"), At(3, "note", "Bob")]);
        var again = Incident.Of([At(1, "acknowledge", "Ada"), At(2, "reopen", "Bob"), At(3, "acknowledge", "Cid")]);

        Assert.Equal(("Ada", Now.AddMinutes(1)), (answered.Acknowledged!.Who, answered.FirstAnswer!.Value));
        Assert.Null(reopened.Acknowledged);
        Assert.Equal(Now.AddMinutes(1), reopened.FirstAnswer);
        Assert.Equal(("Cid", Now.AddMinutes(1)), (again.Acknowledged!.Who, again.FirstAnswer!.Value));
        Assert.Equal(new Incident(null, null), Incident.Of([At(1, "note", "Ada")]));
    }

    [Fact]
    public void A_kiosk_whose_clock_is_ahead_makes_no_negative_response() =>
        Assert.Equal(
            [TimeSpan.Zero, TimeSpan.FromSeconds(90), null],
            new DateTimeOffset?[] { Now.AddSeconds(-1), Now.AddSeconds(90), null }.Select(answer =>
                Incident.ResponseOf(Now, answer)
            )
        );
}
