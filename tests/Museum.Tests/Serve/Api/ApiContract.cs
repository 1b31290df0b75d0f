using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Serve;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

/// <summary>The API over the history of one day, seen at noon of the next. On that day London's clocks showed
/// UTC.</summary>
public abstract class ApiContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private Dashboard dashboard = null!;

    /// <summary>With the header of a change.</summary>
    protected HttpClient Http { get; private set; } = null!;

    protected override async ValueTask BeginAsync()
    {
        await Samples.LoadDayAsync(Database.Store, CancellationToken.None);
        dashboard = await Dashboard.OpenAsync(
            new DashboardOptions(new IPEndPoint(IPAddress.Loopback, 0)),
            Database.Store,
            new FakeTimeProvider(new(2023, 3, 7, 12, 45, 0, TimeSpan.Zero)),
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        Http = new HttpClient { BaseAddress = new Uri(dashboard.Address, "/api/v1/") };
        Http.DefaultRequestHeaders.Add("X-Museum", "1");
    }

    protected override async ValueTask EndAsync()
    {
        Http.Dispose();
        await dashboard.DisposeAsync();
    }

    protected Task<JsonElement> AskAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path, Cancel);
}
