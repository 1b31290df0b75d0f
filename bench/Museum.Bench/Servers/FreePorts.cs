using System.Net;
using System.Net.Sockets;

namespace MuseumPipeline.Bench.Servers;

/// <summary>Ports for servers of our own.</summary>
internal static class FreePorts
{
    /// <summary>The first of so many free ports in a row, below those that the system hands out by itself.</summary>
    public static int First(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Random.Shared.Next(15_000, 30_000);
            if (Enumerable.Range(first, count).All(IsFree))
                return first;
        }

        throw new BenchException($"found no {count} free ports in a row on 127.0.0.1");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
