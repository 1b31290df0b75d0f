using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Numbers.DataHealth;

/// <summary>Green means received: each of its conditions is taken away once.</summary>
public sealed class ReceptionTests
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    private static readonly MuseumPipeline.Model.Museum Museum = new(
        1,
        "LMNH",
        "Liverpool",
        "lmnh",
        "lmnh",
        new(8, 45),
        new(18, 15),
        "Europe/London"
    );

    /// <summary>A Monday at noon in London's summer.</summary>
    private static readonly DateTimeOffset Now = new(2023, 7, 10, 11, 0, 0, TimeSpan.Zero);

    private static readonly PartitionRow Row = new(
        "cluster",
        "lmnh",
        "topic-1",
        0,
        1,
        1,
        0,
        50,
        50,
        50,
        null,
        1,
        "consumer",
        null,
        false,
        Now.AddMinutes(-3),
        Now
    );

    /// <summary>Fourteen days to yesterday, with this many presses an hour.</summary>
    private static MuseumCube Cube(int presses = 20, int days = 14)
    {
        List<HourCell> cells = [];
        for (var day = Now.Date.AddDays(-days); day < Now.Date; day = day.AddDays(1))
        {
            for (var hour = 9; hour < 18; hour++)
            {
                var local = DateTime.SpecifyKind(day.AddHours(hour), DateTimeKind.Unspecified);
                cells.Add(
                    new(
                        DateTime.SpecifyKind(local - London.GetUtcOffset(local), DateTimeKind.Utc),
                        DateOnly.FromDateTime(local),
                        hour,
                        [0, 0, presses, 0, 0],
                        [0, 0]
                    )
                );
            }
        }

        var card = new ExhibitionCard(1, 1, "EXH_00", "0", "Measureless", "1", "Zoology", new DateOnly(2020, 1, 1));
        return new(
            Museum,
            London,
            KioskButtons.Original,
            MuseumLedger.Empty(1),
            [new ExhibitionHours(card, [.. cells])],
            null,
            null
        );
    }

    private static Reception Of(
        IReadOnlyList<PartitionRow> rows,
        double silentSeconds = 3,
        DateTimeOffset? now = null,
        MuseumCube? cube = null
    ) => Reception.Of(cube ?? Cube(), rows, _ => TimeSpan.FromSeconds(silentSeconds), now ?? Now);

    [Fact]
    public void Where_everything_answers_and_presses_come_as_usual_they_arrive()
    {
        var reception = Of([Row]);
        Assert.Equal(
            (ReceptionState.Receiving, true, null, Now.AddMinutes(-3)),
            (reception.State, reception.Healthy, reception.Problem, reception.LastArrival)
        );
    }

    [Fact]
    public void A_consumer_without_a_heartbeat_is_reported_with_the_time_of_the_newest_arrival_by_the_museums_clock()
    {
        var reception = Of([Row], silentSeconds: 16);
        Assert.Equal(
            (ReceptionState.NoAnswer, "No presses received since 11:57: the consumer does not answer"),
            (reception.State, reception.Problem)
        );
    }

    [Fact]
    public void One_partition_of_two_that_nobody_consumes_is_reported()
    {
        var reception = Reception.Of(
            Cube(),
            [Row, Row with { Partition = 1 }],
            row => TimeSpan.FromSeconds(row.Partition == 1 ? 60 : 3),
            Now
        );
        Assert.Equal("No presses received since 11:57: nobody consumes partition 1 of lmnh", reception.Problem);
    }

    [Fact]
    public void A_consumer_that_lives_and_receives_nothing_from_its_broker_is_reported() =>
        Assert.Equal(
            (
                ReceptionState.BrokerAway,
                "No presses received since 11:57: the consumer receives nothing (Local: All broker connections "
                    + "are down)"
            ),
            Of([Row with { Trouble = "Local: All broker connections are down" }]) is var reception
                ? (reception.State, reception.Problem)
                : default
        );

    [Fact]
    public void A_stopped_partition_is_reported() =>
        Assert.Equal(
            "No presses received since 11:57: partition 0 of lmnh is stopped",
            Of([Row with { Problem = "retention passed it" }]).Problem
        );

    [Fact]
    public void Messages_that_wait_while_none_is_stored_are_reported_and_those_of_a_moment_are_not()
    {
        var waiting = Row with { EndOffset = 61 };
        Assert.Equal(
            "No presses received since 11:57: 11 messages wait at the broker, and none is stored",
            Of([waiting]).Problem
        );
        Assert.True(Of([waiting with { UpdatedAt = Now.AddSeconds(-5) }]).Healthy);
    }

    [Fact]
    public void Silence_is_reported_when_it_is_much_longer_than_is_usual_at_that_hour()
    {
        var quiet = Row with { UpdatedAt = Now.AddHours(-1) };
        var reception = Of([quiet]);
        Assert.Equal(ReceptionState.Quiet, reception.State);
        Assert.StartsWith("No presses received since 11:00: ", reception.Problem, StringComparison.Ordinal);
        Assert.True(Of([quiet], cube: Cube(presses: 2)).Healthy, "two an hour: an hour without is nothing");
        Assert.True(Of([quiet], cube: Cube(days: 3)).Healthy, "three days are no habit");
    }

    [Fact]
    public void At_night_nothing_is_expected_but_a_dead_consumer_is_reported_all_the_same()
    {
        var night = new DateTimeOffset(2023, 7, 10, 22, 0, 0, TimeSpan.Zero);
        Assert.Equal(ReceptionState.Closed, Of([Row], now: night).State);
        Assert.Equal(ReceptionState.NoAnswer, Of([Row], silentSeconds: 20, now: night).State);
    }

    [Fact]
    public void A_museum_with_only_history_says_so_and_alarms_nobody()
    {
        var reception = Of([]);
        Assert.Equal((ReceptionState.History, true), (reception.State, reception.Healthy));
    }
}
