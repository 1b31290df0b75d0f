using System.Globalization;
using System.Net;
using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Serve.Security.Local;

/// <summary>Which user owns the other end of a connection, if it is on this machine: the kernel lists every socket with
/// its user. Linux only.</summary>
internal static class PeerSocket
{
    private const int LocalColumn = 1,
        RemoteColumn = 2,
        UserColumn = 7;

    /// <summary>Whether the user who runs this program, or root, owns the other end.</summary>
    /// <param name="peer">The other end's address, seen from here.</param>
    public static bool IsOfThisUser(IPEndPoint peer, IPEndPoint own) =>
        IPAddress.IsLoopback(peer.Address)
        && FileOwner.Own is { } user
        && UserOf(peer, own) is { } other
        && (other == user || other == FileOwner.Root);

    /// <summary>Null if it is not on this machine.</summary>
    private static uint? UserOf(IPEndPoint peer, IPEndPoint own)
    {
        // A dual-stack socket is listed among the IPv6 ones, with a mapped address.
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table))
                continue;
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (
                    columns.Length > UserColumn
                    && Same(columns[LocalColumn], peer)
                    && Same(columns[RemoteColumn], own)
                    && uint.TryParse(columns[UserColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
                )
                    return user;
            }
        }

        return null;
    }

    private static bool Same(string text, IPEndPoint at)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)
            && port == at.Port
            && Unmapped(AddressOf(text[..colon])).Equals(Unmapped(at.Address));
    }

    // Words of four bytes, each in this machine's byte order.
    private static IPAddress AddressOf(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        if (BitConverter.IsLittleEndian)
        {
            for (var word = 0; word + 4 <= bytes.Length; word += 4)
                bytes.AsSpan(word, 4).Reverse();
        }

        return new IPAddress(bytes);
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
