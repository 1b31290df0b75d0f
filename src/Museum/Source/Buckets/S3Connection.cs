using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Polly;
using Polly.Retry;

namespace MuseumPipeline.Source.Buckets;

/// <summary>The connection to one S3 server: asks, waits, retries, follows the bucket to its region, and explains
/// faults.</summary>
internal sealed class S3Connection : IDisposable
{
    private readonly S3Settings settings;
    private readonly TimeProvider clock;
    private readonly ILogger? log;
    private readonly List<AmazonS3Client> retired = [];
    private readonly Lock swap = new();
    private volatile Way way;
    private volatile bool answered;

    public S3Connection(S3Settings settings, TimeProvider clock, ILogger? log)
    {
        if (settings.Faults() is { Count: > 0 } faults)
            throw new MuseumException(
                ExitCode.Configuration,
                new Explanation(
                    string.Join(Environment.NewLine, faults),
                    ["AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
                )
            );
        (this.settings, this.clock, this.log) = (settings, clock, log);
        way = Way.To(
            settings,
            settings.Region ?? FallbackRegionFactory.GetRegionEndpoint(false)?.SystemName ?? "us-east-1"
        );
    }

    /// <summary>Makes one request, with retries while they make sense: always up to <see cref="S3Settings.Attempts"/>;
    /// beyond that while the server is unavailable, for <see cref="S3Settings.Patience"/>. A server that never answered
    /// at all is more likely a wrong address than an outage.</summary>
    public async Task<T> AskAsync<T>(
        S3Question asked,
        Func<AmazonS3Client, ProgressWatch, Task<T>> request,
        CancellationToken cancel
    )
    {
        var began = clock.GetTimestamp();
        var attempts = 0;
        try
        {
            return await Retry(asked)
                .ExecuteAsync(
                    async token =>
                    {
                        attempts++;
                        return await AttemptAsync(asked, request, token);
                    },
                    cancel
                );
        }
        catch (S3Fault fault)
        {
            var spent = clock.GetElapsedTime(began).TotalSeconds;
            throw new MuseumException(
                ExitCode.Service,
                new Explanation(
                    $"Cannot {asked.Doing}: {fault.Message}. Gave up after {attempts} attempts in {spent:0.#} s.",
                    ["AWS_ENDPOINT_URL_S3", "AWS_REGION"]
                ),
                fault
            );
        }
    }

    public void Dispose()
    {
        way.Client.Dispose();
        retired.ForEach(client => client.Dispose());
    }

    private ResiliencePipeline Retry(S3Question asked)
    {
        long? since = null;
        return new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = settings.FirstDelay,
                    MaxDelay = TimeSpan.FromSeconds(10),
                    MaxRetryAttempts = int.MaxValue,
                    ShouldHandle = args =>
                    {
                        since ??= clock.GetTimestamp();
                        return ValueTask.FromResult(
                            args.Outcome.Exception is S3Fault fault
                                && (
                                    args.AttemptNumber + 1 < settings.Attempts
                                    || (
                                        fault.Outage
                                        && answered
                                        && clock.GetElapsedTime(since.Value) < settings.Patience
                                    )
                                )
                        );
                    },
                    OnRetry = args =>
                    {
                        log?.LogWarning(
                            "Retrying in {Seconds:0.0} s to {Doing}: {Fault}",
                            args.RetryDelay.TotalSeconds,
                            asked.Doing,
                            args.Outcome.Exception?.Message
                        );
                        return ValueTask.CompletedTask;
                    },
                }
            )
            .Build();
    }

    private async Task<T> AttemptAsync<T>(
        S3Question asked,
        Func<AmazonS3Client, ProgressWatch, Task<T>> request,
        CancellationToken cancel
    )
    {
        try
        {
            return await FollowingAsync(asked, request, cancel);
        }
        catch (Exception e)
            when (e
                    is not OperationCanceledException
                        and not MuseumException
                        and not ObjectChangedException
                        and not S3Fault
            )
        {
            throw S3Errors.Explain(e, asked, settings);
        }
    }

    private async Task<T> FollowingAsync<T>(
        S3Question asked,
        Func<AmazonS3Client, ProgressWatch, Task<T>> request,
        CancellationToken cancel
    )
    {
        var used = way;
        string? region = null;
        try
        {
            return await WatchedAsync(used, request, cancel);
        }
        catch (AmazonS3Exception e) when ((region = S3Errors.NamedRegion(e)) is not null && region != used.Region)
        {
            log?.LogInformation(
                "The bucket {Bucket} is in {Region}: asking there. Set AWS_REGION to save the detour.",
                asked.Bucket,
                region
            );
        }

        return await WatchedAsync(Follow(used, region), request, cancel);
    }

    private async Task<T> WatchedAsync<T>(
        Way used,
        Func<AmazonS3Client, ProgressWatch, Task<T>> request,
        CancellationToken cancel
    )
    {
        using var watch = new ProgressWatch(settings, clock, cancel);
        try
        {
            var result = await request(used.Client, watch);
            answered = true;
            return result;
        }
        catch (AmazonServiceException e) when (e.StatusCode != 0)
        {
            answered = true;
            throw;
        }
        catch (Exception e) when (watch.Stalled is not null && !cancel.IsCancellationRequested)
        {
            throw new S3Fault(watch.Stalled, true, e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new S3Fault("no connection was made in time", true, e);
        }
    }

    private Way Follow(Way used, string region)
    {
        lock (swap)
        {
            if (way == used)
            {
                // Others may still be reading from the old client.
                retired.Add(used.Client);
                way = Way.To(settings, region);
            }

            return way;
        }
    }

    private sealed record Way(AmazonS3Client Client, string Region)
    {
        public static Way To(S3Settings settings, string region)
        {
            var config = new AmazonS3Config
            {
                ForcePathStyle = settings.UsesPathStyle,
                AuthenticationRegion = region,
                IgnoreConfiguredEndpointUrls = true,
                MaxErrorRetry = 0,
                ConnectTimeout =
                    settings.NoProgressTimeout < TimeSpan.FromSeconds(10)
                        ? settings.NoProgressTimeout
                        : TimeSpan.FromSeconds(10),
            };
            if (settings.Endpoint is { } endpoint)
                config.ServiceURL = endpoint.ToString();
            else
                config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            return new(settings.Credentials is { } keys ? new(keys, config) : new(config), region);
        }
    }
}
