using System.Net;
using MuseumPipeline.Serve.Live;

namespace MuseumPipeline.Tests.Serve.Live;

public sealed class StreamLimitsTests
{
    [Fact]
    public async Task One_session_takes_no_more_streams_than_its_share_and_another_goes_on()
    {
        await using var server = await DashboardServer.OpenAsync(users: ["viewer", "security"]);
        var (greedy, other) = (await server.LoginAsync("viewer"), await server.LoginAsync("security"));
        List<LiveStream> open = [];
        try
        {
            for (var n = 0; n < StreamLimits.OfASession; n++)
                open.Add(await LiveStream.OpenAsync(server, greedy));

            using var refused = await server.GetAsync("/api/v1/live", greedy);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            open.Add(await LiveStream.OpenAsync(server, other));
        }
        finally
        {
            foreach (var stream in open)
                await stream.DisposeAsync();
        }
    }
}
