using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>Kinds of help that a museum added.</summary>
public abstract partial class StreamContract
{
    [Fact]
    public async Task An_added_kind_of_help_alarms_and_is_escalated_only_where_it_is_an_emergency()
    {
        await Store.Buttons.AddAsync(PressKind.Support, new PressType(0, 2, "Cleaning"), "test", Cancel);
        await Store.Buttons.AddAsync(PressKind.Support, new PressType(0, 3, "Fire") { Alarms = true }, "test", Cancel);
        var minute = DateTimeOffset.UtcNow.AddMinutes(-20);
        await Store.Museums.ChangeAsync(
            "LMNH",
            facts => facts with { Opens = new(0, 0), Closes = new(23, 59, 59) },
            Cancel
        );

        await LoadAsync(
            prompt: false,
            [.. Enumerable.Range(0, 4).Select(type => Call(minute, type)), Call(minute, type: 4)]
        );

        var now = DateTimeOffset.UtcNow;
        var rows = await Store.HelpCalls.ListAsync(new HelpFilter(Museum.Id, 10), Cancel);
        Assert.Equal(
            "Unreadable -, Emergency Fire, Other Cleaning, Emergency Emergency, Assistance Assistance",
            string.Join(
                ", ",
                rows.OrderByDescending(row => row.Value ?? 9)
                    .Select(row => HelpPress.Of(row, now))
                    .Select(press => $"{press.Kind} {press.Name ?? "-"}")
            )
        );
        var overdue = await Store.Incidents.OverdueAsync(
            now.AddDays(-1),
            now.AddMinutes(-5),
            now.AddDays(-1),
            10,
            Cancel
        );
        Assert.Equal(
            rows.Where(row => row.Value is 1 or 3).Select(row => row.Id).Order(),
            overdue.Select(press => press.PressId).Order()
        );
        var open = (await Store.Incidents.WatchAsync(now - Incident.Lapse, Cancel)).Single();
        Assert.Equal((2, 1, 1), (open.Emergencies, open.Assistance, open.Unreadable));
    }

    private static string Call(DateTimeOffset at, int type) =>
        $$"""{"at": "{{at:yyyy-MM-ddTHH:mm:ss}}Z", "site": "1", "val": -1, "type": {{type}}}""";
}
