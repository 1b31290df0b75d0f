using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Serve.Api;

namespace MuseumPipeline.Serve.Security;

/// <summary>Rate limits: logins by address, by name and by both; exports by person; questions by session.</summary>
internal static class Limits
{
    /// <summary>The policy of the login.</summary>
    public const string Login = "login";

    /// <summary>The policy of records that are read again from their sources: one at a time for each session.</summary>
    public const string Record = "record";

    private const int WaitingRecords = 3;

    private const int LoginsOfAnAddress = 20;
    private const int LoginsOfANameFromAnAddress = 10;

    /// <summary>Loose, because with many addresses a stranger could otherwise lock out the real user.</summary>
    private const int LoginsOfAName = 60;

    private const int Exports = 30;

    /// <summary>Questions that are answered at the same time, of one session and in all, and that wait. Fewer than the
    /// connections to the database (<c>Connections</c>): actions and the live feed have the rest.</summary>
    private const int OfASession = 6,
        InAll = 24,
        WaitingOfASession = 200,
        WaitingInAll = 5_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void Declare(RateLimiterOptions options)
    {
        options.AddPolicy(Login, context => Limit(AddressOf(context), LoginsOfAnAddress));
        options.AddPolicy(Record, context => AtOnce(WhoAsks(context), 1, WaitingRecords));
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                context.Request.Query["format"].ToString() is "csv" or "xlsx"
                    ? Limit(context.User.Identity?.Name ?? AddressOf(context), Exports)
                    : RateLimitPartition.GetNoLimiter("")
            ),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                IsQuestion(context.Request)
                    ? AtOnce(WhoAsks(context), OfASession, WaitingOfASession)
                    : RateLimitPartition.GetNoLimiter("")
            ),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                IsQuestion(context.Request) ? AtOnce("all", InAll, WaitingInAll) : RateLimitPartition.GetNoLimiter("")
            )
        );
        options.OnRejected = (rejected, _) =>
        {
            if (rejected.HttpContext.Request.Path == "/login")
                rejected
                    .HttpContext.RequestServices.GetRequiredService<AuditTrail>()
                    .Note(rejected.HttpContext, AuditTrail.Limited, "", "");
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
            return new(TooMany(rejected.HttpContext, wait).ExecuteAsync(rejected.HttpContext));
        };
    }

    /// <summary>What costs the database something. Never a stream, which stays open, and never an action.</summary>
    private static bool IsQuestion(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Path.StartsWithSegments(ApiEndpoints.Root, out var rest)
        && rest != "/live";

    private static string WhoAsks(HttpContext context) =>
        Sessions.IdOf(context.User) ?? context.User.Identity?.Name ?? AddressOf(context);

    private static RateLimitPartition<string> AtOnce(string who, int permits, int waiting) =>
        RateLimitPartition.GetConcurrencyLimiter(
            who,
            _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = waiting }
        );

    /// <summary>Somebody who guesses passwords slows down their own address only; guesses at one name from many
    /// addresses also count together.</summary>
    public static PartitionedRateLimiter<Guess> ByName(Familiar familiar) =>
        PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<Guess, Guess>(guess => Limit(guess, LoginsOfANameFromAnAddress)),
            PartitionedRateLimiter.Create<Guess, string>(guess =>
                familiar.Knows(guess)
                    ? RateLimitPartition.GetNoLimiter($"{guess.Name} where they were before")
                    : Limit(guess.Name, LoginsOfAName)
            )
        );

    /// <summary>Logins that a provider did not vouch for, by address: each has cost a question to the provider. To be
    /// asked for no permit before, and for one after a refusal.</summary>
    public static PartitionedRateLimiter<string> Refusals() =>
        PartitionedRateLimiter.Create<string, string>(address => Limit(address, LoginsOfAnAddress));

    public static IResult TooMany(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Results.Problem(
            $"too many attempts; try again in {seconds} s",
            statusCode: StatusCodes.Status429TooManyRequests,
            title: "Too many attempts"
        );
    }

    private static RateLimitPartition<T> Limit<T>(T who, int permits) =>
        RateLimitPartition.GetFixedWindowLimiter(
            who,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Window }
        );

    /// <summary>An IPv6 subscriber can try from a whole /64 of addresses.</summary>
    public static string AddressOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), .. new byte[8]]).ToString()
            : address.ToString();
    }
}

/// <summary>An attempt to log in with a name, from an address.</summary>
internal readonly record struct Guess(string Name, string Address);
