using System.Buffers.Binary;
using System.Text;

namespace MuseumPipeline.Tests.Servers;

/// <summary>
/// Follows what a client says in PostgreSQL's protocol, however the network cuts it, and notices a COMMIT: as a simple
/// query, or parsed in the
/// extended protocol (https://www.postgresql.org/docs/current/protocol-message-formats.html).
/// </summary>
internal sealed class CommitDetector
{
    private const int Preview = 64;
    private const int StartupProtocol = 3 << 16;

    private readonly List<byte> _head = [];
    private bool _started;
    private long _bodyLeft = -1;

    /// <summary>True where a COMMIT message ends in these bytes, which follow those of the last call.</summary>
    public bool HasCommit(ReadOnlySpan<byte> bytes)
    {
        var found = false;
        while (bytes.Length > 0)
        {
            if (_bodyLeft < 0)
            {
                _head.Add(bytes[0]);
                bytes = bytes[1..];
                ReadHead();
            }
            else
            {
                var taken = (int)Math.Min(_bodyLeft, bytes.Length);
                foreach (var b in bytes[..Math.Min(taken, Math.Max(0, Preview - _head.Count))])
                    _head.Add(b);
                bytes = bytes[taken..];
                _bodyLeft -= taken;
            }
            found |= _bodyLeft == 0 && EndMessage();
        }
        return found;
    }

    /// <summary>Before the session has started a message has no type byte.</summary>
    private int HeadLength => _started ? 5 : 4;

    private void ReadHead()
    {
        if (_head.Count == HeadLength)
            _bodyLeft = BinaryPrimitives.ReadInt32BigEndian(_head.ToArray().AsSpan(HeadLength - 4)) - 4;
    }

    private bool EndMessage()
    {
        var message = _head.ToArray();
        var commits =
            _started
            && message[0] switch
            {
                (byte)'Q' => IsCommit(message.AsSpan(5)),
                // The name of the statement comes first, ended by a zero.
                (byte)'P' => IsCommit(message.AsSpan(5)[(message.AsSpan(5).IndexOf((byte)0) + 1)..]),
                _ => false,
            };
        // A request for TLS or GSS comes before the start-up message and has another number in its place.
        _started |=
            message.Length >= 8
            && BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(4)) >> 16 == StartupProtocol >> 16;
        _head.Clear();
        _bodyLeft = -1;
        return commits;
    }

    private static bool IsCommit(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)0);
        return Encoding
            .ASCII.GetString(end < 0 ? text : text[..end])
            .TrimStart()
            .StartsWith("commit", StringComparison.OrdinalIgnoreCase);
    }
}
