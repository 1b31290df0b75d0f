using System.Net;
using System.Net.Sockets;

namespace MuseumPipeline.Tests.Servers;

/// <summary>Ports of this machine that nobody listens on.</summary>
internal static class FreePorts
{
    public static int One()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The first of several that are free together.</summary>
    /// <param name="below">The first is below this.</param>
    /// <param name="offsets">How far the others are from it.</param>
    public static int First(int below, params IReadOnlyList<int> offsets)
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, below);
            if (IsFree(port) && offsets.All(offset => IsFree(port + offset)))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
