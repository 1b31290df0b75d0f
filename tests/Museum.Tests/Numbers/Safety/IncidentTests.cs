using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Numbers.Safety;

public sealed class IncidentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, null, 0, nameof(HelpState.Open))]
    [InlineData(true, null, 7 * 24 * 3600, nameof(HelpState.Open))]
    [InlineData(true, null, (7 * 24 * 3600) + 1, nameof(HelpState.Lapsed))]
    [InlineData(true, null, -3600, nameof(HelpState.Open))]
    [InlineData(true, "take", 0, nameof(HelpState.Acknowledged))]
    [InlineData(true, "take", 30 * 24 * 3600, nameof(HelpState.Acknowledged))]
    [InlineData(true, "resolve", 0, nameof(HelpState.Resolved))]
    [InlineData(true, "acknowledge", 0, nameof(HelpState.Resolved))]
    [InlineData(true, "reopen", 0, nameof(HelpState.Open))]
    [InlineData(false, null, 0, nameof(HelpState.History))]
    [InlineData(false, "take", 0, nameof(HelpState.History))]
    public void The_state_follows_from_the_road_the_last_act_and_the_age(
        bool live,
        string? act,
        int secondsAgo,
        string state
    )
    {
        var incident = Incident.Of(act is null ? [] : [new(1, 1, act, "Ada", "", Now)]);
        Assert.Equal(state, incident.StateOf(live, Now.AddSeconds(-secondsAgo), Now).ToString());
    }

    [Fact]
    public void The_newest_act_decides_and_the_first_answer_stays_the_first()
    {
        IncidentAction At(int minute, string action, string who) =>
            new(minute, 1, action, who, "", Now.AddMinutes(minute));
        var answered = Incident.Of([At(1, "take", "Ada"), At(2, "note", "Bob")]);
        var reopened = Incident.Of([At(1, "take", "Ada"), At(2, "reopen", "Bob"), At(3, "note", "Bob")]);
        var again = Incident.Of([At(1, "take", "Ada"), At(2, "reopen", "Bob"), At(3, "resolve", "Cid")]);

        Assert.Equal(("Ada", Now.AddMinutes(1)), (answered.Standing!.Who, answered.FirstAnswer!.Value));
        Assert.Null(answered.Resolved);
        Assert.Null(reopened.Standing);
        Assert.Equal(Now.AddMinutes(1), reopened.FirstAnswer);
        Assert.Equal(("Cid", Now.AddMinutes(1)), (again.Resolved!.Who, again.FirstAnswer!.Value));
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
