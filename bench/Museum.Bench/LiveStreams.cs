using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MuseumPipeline.Bench.Servers;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using Npgsql;

namespace MuseumPipeline.Bench;

/// <summary>
/// What many open pages cost <c>museum serve</c>: processor seconds a minute while nothing happens and while help is
/// called for ten times a second, and how
/// long a press takes from its commit by another process to the last page.
/// </summary>
internal static class LiveStreams
{
    private static readonly Option<int> Streams = new("--streams") { DefaultValueFactory = _ => 1000 };
    private static readonly Option<int> Seconds = new("--seconds") { DefaultValueFactory = _ => 60 };
    private static readonly Option<double> Rate = new("--rate") { DefaultValueFactory = _ => 10 };
    private static readonly Option<string> Program = new("--program") { DefaultValueFactory = _ => Workspace.Museum };

    public static Command Create()
    {
        var command = new Command("live", "Open pages: what a thousand of them cost the server.")
        {
            Streams,
            Seconds,
            Rate,
            Program,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                await using var workspace = new Workspace();
                var server = await workspace.PostgresAsync(cancel);
                await server.CreateAsync("live", cancel);
                await using var store = PostgresStore.Open(
                    "local",
                    new NpgsqlDataSourceBuilder(server.ConnectionString("live")).Build(),
                    TimeProvider.System
                );
                var presses = await Presses.BeginAsync(store, cancel);
                var port = FreePort();
                var serving = Child.RunAsync(
                    parsed.GetRequiredValue(Program),
                    ["serve", "--listen", $"{port}"],
                    workspace.Directory,
                    server.Environment("live"),
                    cancel
                );
                var pages = new Pages(port, parsed.GetValue(Streams));
                try
                {
                    await pages.OpenAsync(serving, cancel);
                    var process = ServerOn(port);
                    var seconds = parsed.GetValue(Seconds);
                    var idle = await CpuAsync(process, () => Task.Delay(TimeSpan.FromSeconds(seconds), cancel));
                    var delays = new List<double>();
                    var busy = await CpuAsync(
                        process,
                        () => PressAsync(presses, pages, parsed.GetValue(Rate), seconds, delays, cancel)
                    );
                    delays.Sort();
                    process.Refresh();
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{pages.Count} streams: idle {idle:0.00} s of processor a minute, busy {busy:0.00}; "
                                + $"press to the last page p50 {delays[delays.Count / 2]:0} ms, p99 "
                                + $"{delays[delays.Count * 99 / 100]:0} ms; {process.WorkingSet64 / 1e6:0} MB "
                                + $"resident; {pages.Count} still open"
                        )
                    );
                    process.Kill();
                }
                finally
                {
                    pages.Dispose();
                }

                return 0;
            }
        );
        return command;
    }

    private static async Task PressAsync(
        Presses presses,
        Pages pages,
        double rate,
        int seconds,
        List<double> delays,
        CancellationToken cancel
    )
    {
        var began = Stopwatch.GetTimestamp();
        for (var n = 0; n < rate * seconds; n++)
        {
            var wait = TimeSpan.FromSeconds(n / rate) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, cancel);
            var last = pages.NextAtAll();
            await presses.PressAsync(cancel);
            var committed = Stopwatch.GetTimestamp();
            // While the last pages hear of it, the next press may be due already: that is part of the load.
            await last.WaitAsync(TimeSpan.FromSeconds(30), cancel);
            delays.Add(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
        }
    }

    /// <summary>Processor seconds a minute.</summary>
    private static async Task<double> CpuAsync(Process process, Func<Task> work)
    {
        process.Refresh();
        var (before, began) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        process.Refresh();
        return (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(began) * 60;
    }

    internal static Process ServerOn(int port) =>
        Process
            .GetProcessesByName("museum")
            .Single(process =>
                File.ReadAllText($"/proc/{process.Id}/cmdline")
                    .Contains($"--listen\0{port}\0", StringComparison.Ordinal)
            );

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Calls for help, each in a transaction of its own.</summary>
    private sealed class Presses(MuseumStore store, PartitionClaim claim, int run)
    {
        public static async Task<Presses> BeginAsync(MuseumStore store, CancellationToken cancel)
        {
            await store.Maintenance.MigrateAsync(cancel);
            await store.Museums.UpsertExhibitionAsync(
                1,
                new ExhibitionFacts(
                    "EXH_02",
                    "2",
                    "The Crenshaw Collection",
                    "2",
                    "Zoology",
                    new DateOnly(2021, 3, 3),
                    "…"
                ),
                null,
                cancel
            );
            var topic = new StreamIdentity(1, "bench", "lmnh", "bench");
            await store.Partitions.StartAsync(topic, new Dictionary<int, long> { [0] = 0 }, cancel);
            return new(
                store,
                (await store.Partitions.ClaimAsync(topic, 0, "bench", cancel))!,
                await store.Runs.StartAsync("bench", "", cancel)
            );
        }

        public async Task PressAsync(CancellationToken cancel)
        {
            await using var load = await store.Partitions.BeginAsync(
                [new PartitionMove(claim, claim.NextOffset + 1, null, 1)],
                run,
                cancel
            );
            var at = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            load.Write(new KioskEvent(claim.SourceId, claim.NextOffset, 1, PressKind.Support, 1, at));
            await load.FlushAsync(cancel);
            await load.CommitAsync(cancel);
        }
    }

    /// <summary>As little of a browser as can be: it counts presses as they arrive.</summary>
    internal sealed class Pages(int port, int many) : IDisposable
    {
        private readonly List<Socket> sockets = [];
        private int open,
            missing;
        private TaskCompletionSource? waiting;

        public int Count => Volatile.Read(ref open);

        public async Task OpenAsync(Task serving, CancellationToken cancel)
        {
            var begun = new List<Task>();
            while (sockets.Count < many)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
                }
                catch (SocketException) when (!serving.IsCompleted)
                {
                    socket.Dispose();
                    await Task.Delay(100, cancel);
                    continue;
                }

                sockets.Add(socket);
                await socket.SendAsync(
                    Encoding.ASCII.GetBytes($"GET /api/v1/live HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
                    cancel
                );
                var first = new TaskCompletionSource();
                begun.Add(first.Task);
                _ = Task.Run(() => ReadAsync(socket, first), cancel);
            }

            await Task.WhenAll(begun).WaitAsync(TimeSpan.FromSeconds(60), cancel);
        }

        /// <summary>Done when every page has heard of one more press.</summary>
        public Task NextAtAll()
        {
            waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref missing, Count);
            return waiting.Task;
        }

        private async Task ReadAsync(Socket socket, TaskCompletionSource first)
        {
            var buffer = new byte[16 * 1024];
            Interlocked.Increment(ref open);
            try
            {
                while (await socket.ReceiveAsync(buffer) is var read and > 0)
                {
                    var text = buffer.AsSpan(0, read);
                    if (text.IndexOf("event: snapshot"u8) >= 0)
                        first.TrySetResult();
                    for (int at; (at = text.IndexOf("event: press"u8)) >= 0; text = text[(at + 1)..])
                    {
                        if (Interlocked.Decrement(ref missing) == 0)
                            waiting?.TrySetResult();
                    }
                }
            }
            catch (SocketException)
            {
                // Closed.
            }

            Interlocked.Decrement(ref open);
        }

        public void Dispose()
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }
}
