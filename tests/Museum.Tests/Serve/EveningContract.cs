using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve;

/// <summary>A dashboard in the evening of the day that the samples are of.</summary>
public abstract class EveningContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    protected const string Week = "from=2023-03-06&to=2023-03-12";

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2023, 3, 6, 18, 14, 40, TimeSpan.Zero));

    /// <summary>With the day's history, or without any press.</summary>
    private protected async Task<DashboardServer> OpenAsync(bool history = true)
    {
        if (history)
            await Samples.LoadDayAsync(Database.Store, Cancel);
        return await DashboardServer.OpenAsync(Database, clock: Clock);
    }

    protected static string Joined(JsonElement rows, params string[] names) =>
        string.Join(
            '\n',
            rows.EnumerateArray()
                .Select(row => string.Join('|', names.Select(name => row.GetProperty(name).ToString())))
        );
}
